"""The HTTP server: uvicorn, with bounds that hold before a request is one."""
