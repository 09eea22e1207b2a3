"""What a browser is asked of a page, in its own language."""

MARKS = """root => [...root.querySelectorAll('mark')].map(mark => {
    const before = document.createRange();
    before.setStart(root, 0);
    before.setEndBefore(mark);
    const start = [...before.toString()].length;
    return [start, start + [...mark.textContent].length];
})"""

CONTRASTS = """() => {
    const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
        .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = element => {
        for (let e = element; e; e = e.parentElement) {
            const color = parse(getComputedStyle(e).backgroundColor);
            if (color.length === 3 || color[3] === 1) return color;
        }
        return [255, 255, 255];
    };
    const found = [];
    for (const e of document.body.querySelectorAll('*')) {
        const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
        const style = getComputedStyle(e);
        if (!own || style.clipPath !== 'none' || !e.getClientRects().length) continue;
        const [a, b] = [light(parse(style.color)), light(ground(e))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        found.push([ratio, e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 30)]);
    }
    return found;
}"""

# Elements and attributes that no template of ours has, and links that lead into scripts.
FOREIGN = """() => [...document.querySelectorAll('*')]
    .filter(e => !e.matches('head > script[src^="/static/live.js?v="]:empty'))
    .flatMap(e => [
        ...(/^(script|img|svg|iframe|object|embed|style|base|math|video|audio|template|marquee|details)$/i
            .test(e.tagName) ? [e.tagName] : []),
        ...[...e.attributes].map(a => a.name).filter(n => /^on|^style$|^srcdoc$|^formaction$/i.test(n)),
        ...(e.tagName === 'A' && !/^https?:$/.test(e.protocol) ? [e.href] : []),
    ])"""
