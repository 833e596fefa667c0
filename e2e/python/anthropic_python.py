"""The official Anthropic SDK for Python, unmodified: runs each case against each model and prints one JSON object."""

import json
import sys

import anthropic

BASE_URL, KEY, *MODELS = sys.argv[1:]
TOOLS = [
    {
        "name": "weather",
        "description": "The weather",
        "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    }
]


def client(key: str = KEY) -> anthropic.Anthropic:
    return anthropic.Anthropic(api_key=key, base_url=BASE_URL, max_retries=0)


def ask(content: str, model: str, **more: object) -> dict:
    return {"model": model, "max_tokens": 100, "messages": [{"role": "user", "content": content}], **more}


def hello(model: str) -> dict:
    message = client().messages.create(**ask("hello", model))
    return {
        "text": message.content[0].text,
        "stop": message.stop_reason,
        "model": message.model,
        "tokens": [message.usage.input_tokens, message.usage.output_tokens],
    }


def streamed(model: str) -> dict:
    with client().messages.stream(**ask("hello", model)) as stream:
        pieces = list(stream.text_stream)
        message = stream.get_final_message()
    return {"text": "".join(pieces), "pieces": len(pieces), "tokens": message.usage.output_tokens}


def tool(model: str) -> dict:
    with client().messages.stream(**ask("the weather?", model, tools=TOOLS)) as stream:
        first = stream.get_final_message()
    use = next(block for block in first.content if block.type == "tool_use")
    result = {"type": "tool_result", "tool_use_id": use.id, "content": "sunny"}
    messages = [
        {"role": "user", "content": "the weather?"},
        {"role": "assistant", "content": first.content},
        {"role": "user", "content": [result]},
    ]
    second = client().messages.create(model=model, max_tokens=100, tools=TOOLS, messages=messages)
    return {"name": use.name, "input": use.input, "stop": first.stop_reason, "text": second.content[0].text}


def refused(call: object) -> dict:
    try:
        call()
    except anthropic.APIStatusError as error:
        return {"type": type(error).__name__, "status": error.status_code, "body": error.body}
    except anthropic.APIError as error:
        return {"type": type(error).__name__}
    return {"type": "none"}


def broken(model: str) -> None:
    with client().messages.stream(**ask("break", model)) as stream:
        stream.get_final_message()


print(
    json.dumps(
        {
            model: {
                "hello": hello(model),
                "stream": streamed(model),
                "tool": tool(model),
                "error": refused(lambda: client().messages.create(**ask("fail", model))),
                "broken": refused(lambda: broken(model)),
                "bad_key": refused(lambda: client("sk-hp-wrong-000000000").messages.create(**ask("hello", model))),
            }
            for model in MODELS
        }
    )
)
