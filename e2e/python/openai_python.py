"""The official OpenAI SDK for Python, unmodified: runs each case and prints its result as one JSON object."""

import json
import sys
import time

import openai

BASE_URL, GOOD, LIMITED, POOR = sys.argv[1:5]
MESSAGES = [{"role": "user", "content": "hi"}]


def client(key: str, retries: int = 2) -> openai.OpenAI:
    return openai.OpenAI(api_key=key, base_url=BASE_URL, max_retries=retries)


def refused(key: str, model: str = "m", retries: int = 0) -> dict:
    started = time.monotonic()
    try:
        client(key, retries).chat.completions.create(model=model, messages=MESSAGES)
    except openai.APIStatusError as error:
        return {
            "type": type(error).__name__,
            "code": error.code,
            "retry_after": error.response.headers.get("retry-after"),
            "seconds": time.monotonic() - started,
        }
    return {"type": "none"}


def streamed(**options: object) -> dict:
    chunks = list(client(GOOD).chat.completions.create(model="m", messages=MESSAGES, stream=True, **options))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    usages = [chunk.usage.total_tokens for chunk in chunks if chunk.usage]
    return {"text": text, "usages": usages}


def aborted() -> dict:
    words = 0
    with client(GOOD).chat.completions.create(model="slow", messages=MESSAGES, stream=True) as stream:
        for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                words += 1
            if words == 3:
                break
    return {"words": words}


answer = client(GOOD).chat.completions.create(model="m", messages=MESSAGES)
client(LIMITED).chat.completions.create(model="m", messages=MESSAGES)
print(
    json.dumps(
        {
            "version": openai.__version__,
            "models": [model.id for model in client(GOOD).models.list()],
            "chat": {"text": answer.choices[0].message.content, "total": answer.usage.total_tokens},
            "stream": streamed(),
            "stream_usage": streamed(stream_options={"include_usage": True}),
            "aborted": aborted(),
            "bad_key": refused("sk-hp-wrong-0000000000000000000000000", retries=2),
            "unknown_model": refused(GOOD, model="nope"),
            "over_limit": refused(LIMITED),
            "over_budget": refused(POOR, retries=5),
        }
    )
)
