"""How fast texts of each script are folded, and mapped back to: `python -m bench.fold`.

CPU time of about 2.3 KB, best of the rounds, beside what lower() and encode() alone cost.
"""

import time
from collections.abc import Callable

from stream.text.fold import fold

_BYTES = 2_300
_TIMES = 200
_ROUNDS = 7
_SENTENCES = {
    "English": "The two ministers met on Tuesday, an official said; they didn't discuss the border. ",
    "English, curly quotes": "The “two” ministers met on Tuesday — he said; they didn’t discuss the border. ",
    "Turkish": "İki bakan salı günü buluştu, bir yetkili söyledi; sınır konusu görüşülmedi. ",
    "Polish": "Dwaj ministrowie spotkali się we wtorek, powiedział urzędnik; o granicy źle mówiono. ",
    "Russian": "Два министра встретились во вторник, сообщил чиновник; границу они не обсуждали. ",
    "Arabic": "التقى الوزيران يوم الثلاثاء، كما قال مسؤول، ولم يناقشا مسألة الحدود. ",
    "Chinese": "两位部长星期二会面，一位官员说，他们没有讨论边界问题。",
    "Thai": "รัฐมนตรีสองคนพบกันเมื่อวันอังคาร เจ้าหน้าที่กล่าว ",
    "Korean": "두 장관이 화요일에 만났다고 관계자가 말했다. 국경 문제는 논의하지 않았다. ",
}


def best_us(run: Callable[[], object]) -> float:
    """µs a run, best of the rounds."""
    best = float("inf")
    for _ in range(_ROUNDS):
        began = time.process_time()
        for _ in range(_TIMES):
            run()
        best = min(best, time.process_time() - began)
    return best / _TIMES * 1e6


def report(name: str, sentence: str) -> None:
    text = sentence * (_BYTES // len(sentence.encode()))
    bare = best_us(lambda: text.lower().encode())
    folding = best_us(lambda: fold(text))
    mapping = best_us(lambda: fold(text).span(1, 2)) - folding
    print(
        f"{name:22} fold {folding:6.1f} µs ({folding / bare:4.1f}x lower and encode), map {mapping:6.1f} µs"
    )


if __name__ == "__main__":
    for script, words in _SENTENCES.items():
        report(script, words)
