"""What the network is trained on and how: scenes with true alpha, the same at every draw; and, where PyTorch
is installed, that training begins with the very weights that were converted and goes on where it ended.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from model_scripts import MODELS, PACKAGE, script

material, scenes, rooms, camera, framing = map(
    script,
    ("training.material", "training.scenes", "training.rooms", "training.camera", "training.framing"),
)
prepared, errors = script("training.prepared"), script("training.errors")
textures = script("training.textures")

SKIN, WALL = (210, 170, 140), (40, 60, 90)


def person(index: int, height: int = 120, width: int = 160) -> tuple[str, int, Any, Any]:
    """Head and shoulders of one colour, before a wall of another."""
    y, x = np.mgrid[0:height, 0:width]
    head = (x - 80) ** 2 + (y - 45) ** 2 < 25**2
    body = (abs(x - 80) < 45) & (y > 65)
    alpha = np.where(head | body, 255, 0).astype(np.uint8)
    rgb = np.where(alpha[..., None] > 0, SKIN, WALL).astype(np.uint8)
    return "take", index, rgb, alpha


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("prepared") / "drawn people"
    assert material.write_people(folder, (person(index) for index in range(3))) == 3
    return material.People(folder)


@pytest.fixture(scope="module")
def walls(tmp_path_factory: pytest.TempPathFactory) -> Any:
    file = tmp_path_factory.mktemp("prepared") / "rooms.npy"
    rng = np.random.default_rng(1)
    assert material.write_rooms(file, [rooms.room(rng) for _ in range(3)]) == 3
    return material.Rooms([file])


def drawn(people: Any, walls: Any, **mix: float) -> Callable[[int], tuple[Any, Any]]:
    made = scenes.Scenes([(people, 1.0)], walls, scenes.Mix(**mix))
    return lambda number: made.pair(np.random.default_rng([7, number]))


def test_people_come_back_as_they_were_written(people: Any) -> None:
    one = people[1]
    take, index, rgb, alpha = person(1)
    assert (one.take, one.index, len(people)) == (take, index, 3)
    assert np.array_equal(one.rgb, rgb)
    assert abs(one.alpha.astype(int) - alpha).mean() < 4, "the edge alone is made soft"
    assert set(np.unique(one.alpha[:, 75:85][110:])) == {255}


def test_nothing_of_the_old_wall_comes_along(people: Any) -> None:
    one = people[0]
    edge = one.alpha > 20
    assert np.abs(one.fore[edge].astype(int) - SKIN).max() <= 2


def test_sizes_and_sameness(people: Any, walls: Any) -> None:
    pair = drawn(people, walls)
    for number in range(12):
        pictures, alphas = pair(number)
        assert (pictures.shape, pictures.dtype) == ((2, 144, 256, 3), np.uint8)
        assert (alphas.shape, alphas.dtype) == ((2, framing.HEIGHT, framing.WIDTH), np.uint8)
        again = pair(number)
        assert np.array_equal(again[0], pictures) and np.array_equal(again[1], alphas)
    assert not np.array_equal(pair(0)[0], pair(1)[0])


@pytest.mark.parametrize("composed", [0.0, 1.0])
def test_alpha_is_where_the_person_is(
    people: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, composed: float
) -> None:
    """Seen by a perfect camera, in a blue room, whatever is the person's colour is the person's; twice."""
    monkeypatch.setattr(
        scenes.Camera, "shoot", lambda _, scene, size: np.asarray(Image.fromarray(scene).resize(size))
    )
    material.write_rooms(tmp_path / "blue.npy", [np.full((288, 512, 3), WALL, np.uint8)])
    blue = material.Rooms([tmp_path / "blue.npy"])
    pair = drawn(people, blue, nobody=0, poster=0, composed=composed, motion_blur=0.5 * composed)
    for number in range(16):
        for picture, alpha in zip(*pair(number), strict=True):
            small = np.asarray(Image.fromarray(alpha).resize((256, 144), Image.Resampling.BOX))
            warm = picture[..., 0].astype(int) > picture[..., 2]
            sure = (small < 5) | (small > 250)
            assert (warm == (small > 127))[sure].mean() > 0.999


@pytest.mark.parametrize("side", ["top", "bottom", "left", "right"])
def test_where_the_picture_cuts_somebody_off_the_frame_ends(side: str) -> None:
    """No frame of a composed scene, nor the one after it, has a straight cut through the person inside it."""
    alpha = np.zeros((200, 300), np.uint8)
    alpha[40:160, 100:200] = 255
    {"top": alpha[:160, 100:200], "bottom": alpha[40:, 100:200]}.get(side, alpha[40:160])[...] = 255
    if side in ("left", "right"):
        alpha[40:160, slice(200, None) if side == "left" else slice(100)] = 0
    rng = np.random.default_rng(3)
    for _ in range(300):
        frame = framing.around(alpha, rng)
        for one in (frame, framing.held(frame.moved(rng, 0.02), alpha, frame)):
            edges = {
                "top": one.y - one.height / 2 >= -0.01,
                "bottom": one.y + one.height / 2 <= 200.01,
                "left": one.x - one.width / 2 >= -0.01,
                "right": one.x + one.width / 2 <= 300.01,
            }
            assert edges[side], (side, one)


def test_nobody_means_no_alpha(people: Any, walls: Any) -> None:
    pair = drawn(people, walls, nobody=1.0, poster=1.0)
    for number in range(6):
        assert not pair(number)[1].any()


def test_composed_people_are_there(people: Any, walls: Any) -> None:
    pair = drawn(people, walls, nobody=0, composed=1.0)
    shares = [(pair(number)[1] > 127).mean() for number in range(30)]
    assert np.mean([share > 0.02 for share in shares]) > 0.9 and min(shares) < 0.2 < max(shares)


def test_rooms_differ() -> None:
    one, other = (rooms.room(np.random.default_rng(seed)) for seed in (1, 2))
    assert one.shape == (288, 512, 3) and np.abs(one.astype(int) - other).mean() > 5


def test_textures_are_of_every_grain() -> None:
    """Neighbours are all but equal in some and hardly alike in others; contrast and colour differ, too."""
    drawn = [textures.texture(np.random.default_rng(seed)) for seed in range(80)]
    assert {(one.shape, one.dtype) for one in drawn} == {((288, 512, 3), np.dtype(np.uint8))}
    assert np.array_equal(drawn[3], textures.texture(np.random.default_rng(3)))
    grain = [np.corrcoef(one[:, 1:, 0].ravel(), one[:, :-1, 0].ravel())[0, 1] for one in drawn]
    assert min(grain) < 0.5 and max(grain) > 0.95
    deviation = [one.std((0, 1)).mean() for one in drawn]
    assert min(deviation) < 15 and max(deviation) > 50
    grey = [np.ptp(one.astype(int), -1).max() == 0 for one in drawn]
    assert 0 < sum(grey) < len(grey)


def test_a_pattern_leaves_the_room_its_colours() -> None:
    room = np.full((288, 512, 3), (90, 60, 30), np.uint8)
    depths = []
    for seed in range(20):
        shown = textures.patterned(room, np.random.default_rng(seed)).astype(float)
        assert np.abs(shown.mean((0, 1)) - (90, 60, 30)).max() < 2
        assert np.abs(shown[..., 0] - 3 * shown[..., 2]).max() < 4, "light and dark of one colour"
        depths.append(shown[..., 0].std() / 90)
    assert min(depths) < 0.1 and 0.25 < max(depths) < 0.4


def test_rooms_are_patterned_as_often_as_wanted(people: Any, tmp_path: Path) -> None:
    material.write_rooms(tmp_path / "grey.npy", [np.full((288, 512, 3), 120, np.uint8)])
    grey = material.Rooms([tmp_path / "grey.npy"])

    def patterned(share: float) -> int:
        made = scenes.Scenes([(people, 1.0)], grey, scenes.Mix(patterned=share, poster=0, blurred_room=0))
        return sum(made._room(np.random.default_rng(seed))[0].std() > 0 for seed in range(40))

    assert (patterned(0.0), patterned(1.0)) == (0, 40) and 5 < patterned(0.5) < 35


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(errors.TrainingError, match="not prepared"):
        material.People(tmp_path)
    with pytest.raises(errors.TrainingError, match=r"rooms\.npy is missing"):
        material.Rooms([tmp_path / "rooms.npy"])
    config = {"seed": 1, "people": [{"name": "a", "folder": "nowhere", "labels": "masks"}]}
    with pytest.raises(errors.TrainingError, match="nowhere is missing"):
        list(prepared.prepare(config, tmp_path, tmp_path / "teacher", tmp_path / "out"))


@pytest.fixture(scope="module")
def torch() -> ModuleType:
    return pytest.importorskip("torch", reason="PyTorch is not installed: `build.py train` does that")  # type: ignore[no-any-return]


def test_network_is_the_converted_model(torch: ModuleType) -> None:
    train, network = script("train"), script("training.network")
    plain = train.landscape(PACKAGE)
    picture = np.random.default_rng(2).random((1, 144, 256, 3), np.float32)
    session = onnxruntime.InferenceSession(plain.SerializeToString(), providers=["CPUExecutionProvider"])
    (mask,) = session.run(None, {"image": picture})
    module = network.Network(plain)
    with torch.no_grad():
        logits = module(torch.from_numpy(picture.transpose(0, 3, 1, 2).copy()))
    assert np.abs(torch.sigmoid(logits)[0, 0].numpy() - mask[0, ..., 0]).max() < 1e-5
    assert module.into(plain).SerializeToString(deterministic=True) == plain.SerializeToString(
        deterministic=True
    )


def test_part_of_the_converted_weights_is_kept(torch: ModuleType) -> None:
    train, network = script("train"), script("training.network")
    plain = train.landscape(PACKAGE)
    begun = {name: value.detach().clone() for name, value in network.Network(plain).weights.items()}
    trained = network.Network(plain)
    with torch.no_grad():
        for value in trained.weights.values():
            value.add_(1.0)
    kept = trained.towards(plain, 0.3)
    for name, value in kept.weights.items():
        assert torch.allclose(value, begun[name] + 0.7, atol=1e-4), name
        assert torch.equal(trained.weights[name], begun[name] + 1.0), "the trained one stays as it is"


def test_what_near_the_contour_counts_is_the_square_around_it(torch: ModuleType) -> None:
    losses = script("training.losses")
    alpha = torch.from_numpy(np.random.default_rng(1).random((2, 1, 40, 60), np.float32))
    square = torch.nn.functional.max_pool2d(alpha, 9, 1, 4)
    assert torch.equal(losses._highest(alpha), square)


def test_loss_is_least_for_the_truth(torch: ModuleType) -> None:
    losses = script("training.losses")
    alpha = torch.zeros(2, 1, 288, 512)
    alpha[..., 200:] = 1
    truth = torch.where(torch.nn.functional.avg_pool2d(alpha, 2) > 0.5, 12.0, -12.0)
    right = losses.loss(truth, alpha, losses.Weights())
    assert right["steady"] == 0 and right["sum"] < 0.05
    for wrong in (-truth, torch.zeros_like(truth), truth.roll(12, -1)):
        assert losses.loss(wrong, alpha, losses.Weights())["sum"] > 3 * right["sum"]
    moved = truth.clone()
    moved[1] = truth[1].roll(6, -1)
    assert losses.loss(moved, alpha, losses.Weights())["steady"] > 0


def test_a_run_goes_on_where_it_ended(torch: ModuleType, people: Any, walls: Any, tmp_path: Path) -> None:
    """Two steps, an interruption and two more are four steps, to the last bit."""
    train, network, state, sampler, losses = map(
        script, ("train", "training.network", "training.state", "training.sampler", "training.losses")
    )
    plain = train.landscape(PACKAGE)
    config = json.loads((MODELS / "train.json").read_text("utf-8"))
    made = scenes.Scenes([(people, 1.0)], walls, scenes.Mix())

    def steps(folder: Path, ends: list[int]) -> list[Any]:
        for end in ends:
            run = state.Run(network.Network(plain), config, folder)
            drawn = sampler.batches(made, 7, 1, run.step, end, 0)
            for pictures, alpha in drawn:
                run.take_step(losses.loss(run._network(pictures), alpha, losses.Weights())["sum"])
            run.save()
        return [value.detach().clone() for value in run.averaged().parameters()]

    once, twice = steps(tmp_path / "once", [4]), steps(tmp_path / "twice", [2, 4])
    assert all(torch.equal(a, b) for a, b in zip(once, twice, strict=True))
    with pytest.raises(errors.TrainingError, match="other settings"):
        state.Run(network.Network(plain), {**config, "steps": 9}, tmp_path / "once")
    (tmp_path / "once" / "state.pt").write_bytes(b"cut")
    with pytest.raises(errors.TrainingError, match="cannot be read"):
        state.Run(network.Network(plain), config, tmp_path / "once")


def test_a_run_begins_with_what_another_has_learned(
    torch: ModuleType, people: Any, walls: Any, tmp_path: Path
) -> None:
    """With its averaged weights, which are what it gives away; and from step 0 of settings of its own."""
    train, network, state, sampler, losses = map(
        script, ("train", "training.network", "training.state", "training.sampler", "training.losses")
    )
    plain = train.landscape(PACKAGE)
    config = train.read_config(MODELS / "train.json")
    run = state.Run(network.Network(plain), config, tmp_path / "first")
    made = scenes.Scenes([(people, 1.0)], walls, scenes.Mix())
    for pictures, alpha in sampler.batches(made, 7, 1, 0, 2, 0):
        run.take_step(losses.loss(run._network(pictures), alpha, losses.Weights())["sum"])
    run.save()
    later = state.Run(
        network.Network(plain), train.read_config(MODELS / "train_rooms.json"), tmp_path / "second"
    )
    learned, begun = (dict(one.averaged().named_parameters()) for one in (run, later))
    assert not all(torch.equal(learned[name], begun[name]) for name in learned)
    later.begin_after(tmp_path / "first")
    assert later.step == 0
    for one in (later.averaged(), later._network):
        assert all(torch.equal(learned[name], value) for name, value in one.named_parameters())
    with pytest.raises(errors.TrainingError, match=r"nowhere.state\.pt cannot be read"):
        later.begin_after(tmp_path / "nowhere")


def test_the_second_lesson_is_of_rooms(torch: ModuleType) -> None:
    train = script("train")
    first, second = (train.read_config(MODELS / f"{name}.json") for name in ("train", "train_rooms"))
    assert second["people"] == first["people"]
    assert second["rooms"] == first["rooms"] | {"textures": 300}
    assert second["mix"]["nobody"] > scenes.Mix().nobody and second["mix"]["patterned"] > 0


def test_a_configuration_without_some_people(torch: ModuleType, tmp_path: Path) -> None:
    train = script("train")
    whole, part = (train.read_config(MODELS / f"{name}.json") for name in ("train", "train_without_stills"))
    assert {people["folder"] for people in whole["people"]} == {"stills", "clips"}
    assert [people["name"] for people in part["people"]] == ["signers", "listener"], "all of CC-BY 4.0"
    changed = {name for name in whole if whole[name] != part[name]}
    assert changed == {"people", "steps"}
    base = {"based_on": str(MODELS / "train.json")}
    for wrong, named in (
        ({"without": ["nobody"]}, "nobody"),
        ({"loss": {"joy": 1}}, "joy"),
        ({"kept": 1}, "keeps 1 of the converted weights"),
        ({"based_on": "other.json"}, "other.json"),
    ):
        file = tmp_path / "wrong.json"
        file.write_text(json.dumps(base | wrong))
        with pytest.raises(train.TrainingError, match=named):
            train.read_config(file)
