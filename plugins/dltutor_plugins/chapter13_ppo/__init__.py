"""Chapter 13: Reinforcement learning: landing a rocket with PPO."""

from dltutor.chapter import Chapter, Demo, Training
from dltutor.hookspecs import hookimpl

_HERE = "dltutor_plugins.chapter13_ppo"


@hookimpl
def dltutor_chapter() -> Chapter:
    return Chapter(
        id="chapter13",
        number=13,
        slug="ppo",
        title={
            "en": "Reinforcement learning: landing a rocket with PPO",
            "zh": "强化学习：用 PPO 让火箭着陆",
        },
        summary={
            "en": "No labels, only rewards: a policy that learns to land from its own attempts.",
            "zh": "没有标签，只有奖励：策略从自己的尝试中学会着陆。",
        },
        content="dltutor_content.chapter13_ppo",
        requires=(
            "torch",
            "lightning_fabric",
            "numpy",
            "safetensors",
            "PIL",
            "gymnasium",
            "Box2D",
        ),
        install="dltutor[rl]",
        training=Training(
            config=f"{_HERE}.config:Config",
            routine=f"{_HERE}.train:train",
            presets={
                "quick": {"steps": 250_000, "hidden": 64},
                "standard": {},
                "full": {"steps": 2_000_000},
            },
            builtin={
                "en": "the simulator itself: a policy makes its own data by playing",
                "zh": "模拟器本身：策略在玩的过程中自己产生数据",
            },
            best="mean_return",
            predict=f"{_HERE}.predict:predict",
            model=f"{_HERE}.model:for_table",
        ),
        demos=(
            Demo(
                name="watch",
                title={
                    "en": "Watch a landing, with what the policy thinks",
                    "zh": "看一次着陆，以及策略的想法",
                },
                function=f"{_HERE}.demo:watch",
                rate=25,
                plays="frame",
            ),
            Demo(
                name="fly",
                title={
                    "en": "Fly it yourself, beside the policy",
                    "zh": "亲手驾驶，与策略同飞",
                },
                function=f"{_HERE}.demo:by_hand",
                rate=20,
            ),
            Demo(
                name="ahead",
                title={
                    "en": "Rewards, returns and advantages",
                    "zh": "奖励、回报与优势",
                },
                function=f"{_HERE}.ideas:ahead",
            ),
            Demo(
                name="clip",
                title={
                    "en": "The clipped objective",
                    "zh": "裁剪目标",
                },
                function=f"{_HERE}.ideas:objective",
            ),
        ),
    )
