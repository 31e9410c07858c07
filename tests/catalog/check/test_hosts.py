"""At which host a text means each model, with the catalogue of 28 November 2026. Stage: test."""

import pytest

from catalog.check.blocks import Blocks
from catalog.check.finding import StackNames
from catalog.check.lexicon import OTHERS
from tests.catalog.check.test_labelled_ids import catalogue
from tests.catalog.check.test_labelled_texts import SAME


@pytest.fixture(scope="module")
def hosted():
    """A function that returns the models of a text, each with the host that the text names: "gpt-4o@azure"."""
    _, slugs, written = catalogue()
    keys = {slug: key for key, slug in enumerate(slugs, start=1)}
    ids = [(api_id, keys[slug], host, number) for number, (api_id, slug, host) in enumerate(written["ids"], start=1)]
    names = StackNames([(name, keys[slug]) for name, slug in written["names"]], ids, written["hosts"], OTHERS)
    offered = {number: (key, SAME.get(host, host)) for _, key, host, number in ids}

    def read_text(text: str) -> set[str]:
        found = names.find(text)
        pairs = {*(offered[number] for number in found.offers), *found.without_offer}
        places = {slugs[key - 1]: "" for key in found.models}
        places |= {slugs[key - 1]: f"@{host}" for key, host in sorted(pairs)}
        return {slug + host for slug, host in places.items()}

    return read_text


@pytest.mark.parametrize(
    ("text", "models"),
    [
        # A key, an item, a section or an object around both.
        ("azure_openai:\n  chat: gpt-4o\nopenai:\n  chat: gpt-5\n", "gpt-4o@azure gpt-5"),
        ("azure:\n  openai:\n    chat:\n      deployment-name: gpt-4.1-mini\nport: 80", "gpt-4-1-mini@azure"),
        (
            "- name: a\n  provider: groq\n  model: llama-3.3-70b\n- provider: mycompany\n  model: qwen3-32b\n",
            "llama-3-3-70b@groq qwen3-32b",
        ),
        (
            "endpoints:\n  - name: x\n    baseURL: https://api.groq.com/openai/v1/\n    models:\n      default:\n"
            "        - openai/gpt-oss-20b\n  - baseURL: http://localhost:11434\n    models: [qwen3:8b]\n",
            "gpt-oss-20b@groq qwen3-8b",
        ),
        (
            '[[models]]\nprovider = "azure"\nname = "gpt-4o"\n\n[[models]]\nprovider = "openai"\nname = "gpt-5"\n',
            "gpt-4o@azure gpt-5",
        ),
        (
            '{"groq": {"url": "https://api.groq.com", "models": ["openai/gpt-oss-20b"]}, "x": {"models": ["o3"]}}',
            "gpt-oss-20b@groq o3",
        ),
        ("- Azure:\n  - GPT-4o\n- AWS Bedrock\n  - Claude Opus 4.1\n", "gpt-4o@azure claude-opus-4-1@amazon-bedrock"),
        ("## Azure\n- GPT-4o\n\n## Own server\n- Qwen3 32B\n", "gpt-4o@azure qwen3-32b"),
        # A class, function or prefix.
        ("togetherai('deepseek-ai/DeepSeek-V3'), xai('grok-4')", "deepseek-v3@togetherai grok-4"),
        ("reply = Together().chat.completions.create(\n    model='deepseek-ai/DeepSeek-V3')", "deepseek-v3@togetherai"),
        ("AddAzureOpenAIChatCompletion('gpt-4o');\nAddOpenAIChatCompletion('gpt-4.1');", "gpt-4o@azure gpt-4-1"),
        ("LLM=azure_openai:o4-mini\nFAST=openai:gpt-4o-mini", "o4-mini@azure gpt-4o-mini"),
        ("run('@cf/meta/llama-3.2-3b-instruct')", "llama-3-2-3b-instruct@cloudflare-workers-ai"),
        ("FoundationModelIdentifier.AMAZON_NOVA_PRO_V1_0", "nova-pro-v1@amazon-bedrock"),
        ("Models.Gpt_4_turbo, openai.GPT4Turbo, models.gpt-4-turbo", "gpt-4-turbo"),
        # A variable with an address or a client, also one variable in another.
        (
            "BASE = 'https://api.together.xyz/v1'\nclient = OpenAI(base_url=BASE)\nplain = OpenAI()\n\n"
            "client.create(model='deepseek-ai/DeepSeek-V3')\nplain.create(model='gpt-4.1')",
            "deepseek-v3@togetherai gpt-4-1",
        ),
        (
            "client = AzureOpenAI()\nclient.create(model='gpt-4o')\nclient = OpenAI()\nclient.create(model='gpt-5')",
            "gpt-4o@azure gpt-5",
        ),
        (
            'BASE="https://europe-west4-aiplatform.googleapis.com/v1"\ncurl "$BASE/google/models/gemini-2.0-flash"',
            "gemini-2-0-flash@google-vertex",
        ),
        # A column, and a step of a workflow.
        ("model\thost\ndeepseek-r1\ttogether\ngpt-5-nano\topenai", "deepseek-r1@togetherai gpt-5-nano"),
        ("model | provider\ngpt-4o | azure_ai\n\ngpt-5, together", "gpt-4o@azure gpt-5"),
        # The only one of the text; one of its own vendor stays there.
        (
            "AZURE_OPENAI_ENDPOINT=https://x.openai.azure.com\nDEPLOYMENT=gpt-4o\nANTHROPIC_MODEL=claude-sonnet-4-5",
            "gpt-4o@azure claude-sonnet-4-5",
        ),
        ("OPENAI_BASE_URL=https://openrouter.ai/api/v1\nOPENAI_MODEL=z-ai/glm-4.6", "glm-4-6@openrouter"),
    ],
)
def test_the_host_is_the_one_that_the_text_names_for_the_model(hosted, text, models):
    assert hosted(text) == set(models.split())


def test_blocks_follow_lines_items_and_brackets():
    text = "a:\n  - b: {c}\n    d\n  - e(\n      f\n    ) g\nh"
    blocks = Blocks(text)

    def around(letter: str) -> list[str]:
        return [text[blocks.starts[one]] for one in blocks.around(text.index(letter))]

    assert around("c") == ["c", "b", "a"]
    assert around("d") == ["d", "b", "a"]
    assert around("f") == ["f", "\n", "e", "a"]
    assert around("g") == ["e", "a"]
    assert around("h") == ["h"]


def test_brackets_without_end_are_read_in_linear_steps():
    blocks = Blocks("(" * 5_000 + "]" * 5_000 + "\n[" * 5_000)
    assert max(map(len, ([*blocks.around(place)] for place in range(0, 20_000, 1_000)))) <= 60
