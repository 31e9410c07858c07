"""Names of models in lists, tables, prose, constants and tags, with the catalogue of 28 November 2026. Stage: test."""

import pytest

from catalog.check.finding import StackNames
from catalog.check.lexicon import OTHERS
from tests.catalog.check.test_labelled_ids import catalogue


@pytest.fixture(scope="module")
def read():
    """A function that returns the slugs of the models in a text, and the other names."""
    _, slugs, written = catalogue()
    keys = {slug: key for key, slug in enumerate(slugs, start=1)}
    ids = [(api_id, keys[slug], host, number) for number, (api_id, slug, host) in enumerate(written["ids"], start=1)]
    names = StackNames([(name, keys[slug]) for name, slug in written["names"]], ids, written["hosts"], OTHERS)

    def read_text(text: str) -> tuple[set[str], list[str]]:
        found = names.find(text)
        return {slugs[key - 1] for key in found.models}, found.unknown

    return read_text


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("gpt-4o, o3", "gpt-4o o3"),
        ("ALLOWED_MODELS=gpt-4o,o3,o4-mini", "gpt-4o o3 o4-mini"),
        ("models: [gpt-4o, o3, o1]", "gpt-4o o1 o3"),
        ("gpt-4o / o3", "gpt-4o o3"),
        ("chat;gpt-4o\nreason;o3", "gpt-4o o3"),
        ("| batch | o3 |\n| chat | GPT 4o |", "gpt-4o o3"),
        ("o3 is for the ozone sensor.\nWe use gpt-4o.", "gpt-4o"),
        ("the chatbot uses GPT 4o and, at night, GPT-4 Turbo", "gpt-4o gpt-4-turbo"),
        ("1. GPT 4o (Azure)", "gpt-4o"),
        ("chat = 'GPT 4o'", "gpt-4o"),
        ("- Grok 3 for marketing; Sonnet 4.6 for developers", "grok-3 claude-sonnet-4-6"),
        ("opus 4.6 for the big ones", "claude-opus-4-6"),
        ("GPT-4.1/mini/nano, Llama 3.1 8B and 70B", "gpt-4-1 gpt-4-1-mini gpt-4-1-nano llama-3-1-8b llama-3-1-70b"),
        ("<td>Claude Opus&nbsp;4.5</td>", "claude-opus-4-5"),
        ("* GPT 5 mini", "gpt-5-mini"),
        ("openai.GPT4oMini GPT3Dot5Turbo", "gpt-4o-mini gpt-3-5-turbo"),
        ("ModelClaude3_7SonnetLatest CHAT_MODEL_GPT_4O", "claude-sonnet-3-7 gpt-4o"),
        ("llama3.1:8b-instruct-q4_K_M", "llama-3-1-8b"),
        ("phi4:14b deepseek-r1:70b", "phi-4 deepseek-r1-distill-llama-70b"),
        ("deepseek-r1:32b-qwen-distill-q4_K_M", "deepseek-r1-distill-qwen-32b"),
        ("FROM deepseek-r1:70b-llama-distill-q8_0", "deepseek-r1-distill-llama-70b"),
        ("phi4-mini:3.8b bge-m3:567m gpt-oss:120b-cloud", "bge-m3 gpt-oss-120b phi-4-mini-instruct"),
        ("qwen3-coder:30b-a3b-q8_0 qwen3:30b-a3b", "qwen3-30b-a3b qwen3-coder-30b-a3b-instruct"),
        ("models/Qwen3-8B-Q4_K_M.gguf", "qwen3-8b"),
        ("OpenAiChatModelName.GPT_4_O_MINI ChatModel.GPT_4_O_2024_11_20", "gpt-4o-2024-11-20 gpt-4o-mini"),
        ("EmbeddingModelTextEmbeddingAda002 ImageModelDallE3", "dall-e-3 text-embedding-ada-002"),
        ("FoundationModelIdentifier.ANTHROPIC_CLAUDE_3_7_SONNET_20250219_V1_0", "claude-sonnet-3-7"),
        ("AMAZON_NOVA_PRO_V1_0 META_LLAMA_3_1_70B_INSTRUCT_V1", "llama-3-1-70b nova-pro-v1"),
        ("ModelClaude4Sonnet20250514 ImageModelGPTImage1", "claude-sonnet-4 gpt-image-1"),
        ("azure_deployment: gpt-5-chat", "gpt-5-chat"),
        ("gpt-5-chat-latest", "gpt-5-chat-latest"),
        ("gpt-4o-eastus2 o1-datazone gpt-4.1-swedencentral", "gpt-4-1 gpt-4o o1"),
        ("gpt-35-turbo-prod", "gpt-3-5-turbo"),
        ("We require GPT-4o and will install Llama 3.3 70B", "gpt-4o llama-3-3-70b"),
        ("vllm serve Qwen/Qwen3-8B --tool-call-parser hermes --model gpt-4o", "gpt-4o qwen3-8b"),
        ("prod-gpt41", "gpt-4-1"),
        ("Mistral Small 3.1", "mistral-small-3-1-24b-instruct"),
        ("Ministral 8B", "ministral-8b-2512"),
        ("dolphin-2.9-llama-3-8b my-gpt-4o", ""),
    ],
)
def test_names_are_found_however_they_are_written(read, text, slugs):
    assert read(text)[0] == set(slugs.split())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("mistral-small-2503", "mistral-small-2503"),
        ("pixtral-large-2411 mistral-large-2407", "mistral-large-2407 pixtral-large-2411"),
        ("gemini-1.5-pro", "gemini-1.5-pro"),
        ("deepseek-r1:8b", "deepseek-r1-8b"),
        ("gemma3:1b qwen3:0.6b", "gemma3-1b qwen3-0.6b"),
        ("mistral-small:24b-instruct-2501-q4_K_M", "mistral-small-24b-instruct-2501-*"),
        ("gpt-4-32k gpt-4-1106-preview", "gpt-4-1106-preview gpt-4-32k"),
        ("GPT-4 Turbo Vision", "gpt-4-turbo-vision"),
        ("Sora 4, Claude Sonnet 6.1", "claude-sonnet-6.1 sora-4"),
        ("gpt-3.5-turbo-instruct", "gpt-3.5-turbo-instruct"),
        ("Gemini 1.5 Pro in a sentence", "gemini-1.5-pro"),
        ("whisper-1 gpt-4o-transcribe voyage-3-large", "gpt-4o-transcribe voyage-3-large whisper-1"),
        ("gpt-4o-acmebank", "gpt-4o-*"),
        ("Falcon 180B, Teuken-7B; tinyllama:1.1b", "falcon-180b teuken-7b tinyllama-1.1b"),
        ("intfloat/multilingual-e5-large all-MiniLM-L6-v2", "all-minilm-l6-2 multilingual-e5-large"),
        ("SmolLM2 and TinyLlama beside other models; InternLM2 20B", "internlm2-20b smollm2 tinyllama"),
        ("the model Luminous Supreme", "luminous-supreme"),
        ("model: text-bison", "text-bison"),
        ("ChatGLM2-6B", "chatglm2-6b"),
    ],
)
def test_another_version_is_not_recognised_and_never_the_nearest(read, text, names):
    assert read(text) == (set(), names.split())


@pytest.mark.parametrize(
    "text",
    [
        "gpt-3-encoder==1.1.4",
        '"gpt-3-encoder": "^1.1.4",',
        "gpt-3-encoder@1.1.4:",
        "claude_4_local.py",
        "--tool-call-parser glm45 --reasoning-parser kimi_k2",
        'gpt-3-encoder@^1.1.4:\n  resolved "https://registry.yarnpkg.com/gpt-3-encoder/-/gpt-3-encoder-1.1.4.tgz"',
        "github.com/x/y v0.12.6 h1:o3Gpt4oK1mi2vE5XQhZy0GLM46Hgo1Mn8w5rT7uYbzA=",
        "requests==2.32\nllama3-tokenizer\nqwen2-vl-utils>=0.0.8",
        "pip install gpt-4-utils",
        "2 x O-ring O3 mini (12 mm), 1 x drive Gemini 2.5 inch, stool Sonnet 4.5 kg, Falcon 9",
        "APP_SECRET=gpt4_claude3_7f9c2b1e",
        "Opus 5 of the quartet and Sonnet 18",
        "K2-5 / K2-6 gaskets, GPT-12-24 pressure transmitter, O3-200 sensor",
        "Claude Code 2.0 and Gemini CLI 0.8",
        "caravans on the Silk Road; param1 = conv2 + seg-0; the text-bison herd",
        "She got an O-1 visa, he an O-3. Step 3: solar mini panels, seed 1.6 kg",
    ],
)
def test_packages_files_secrets_and_ordinary_words_are_no_names(read, text):
    assert read(text) == (set(), [])
