"""Where Python fails unforeseen one stream gets another engine, and nothing else is touched."""

from __future__ import annotations

from pages_open import BREAKABLE_SIZE
from subject import Subject, private

LARGE = (1280, 720)
FAULT = {"worker": "composer", "at": "python submit", "deed": "MemoryError", "times": 1}
TWO_STREAMS = """async () => {
    globalThis.told = { first: [], second: [] };
    const second = globalThis.second = await subject.blurStream(subject.camera.clone());
    for (const [name, safe] of [['first', subject.safe], ['second', second]]) {
        for (const type of ['warning', 'error', 'statechange']) {
            safe.addEventListener(type, ({ detail }) => told[name].push(detail.code ?? detail.state));
        }
    }
    await second.ready;
    told.second.length = 0;
}"""
RENEWALS = 6
LATER_MS = 60_000


def strike(subject: Subject) -> None:
    """Python fails once."""
    number = subject.page.evaluate("(fault) => injector.arm(fault)", FAULT)
    subject.until(f"injector.struck({number}).length === 1", 10)
    subject.until_frames(10)
    subject.until_state("running", 10)


def test_the_other_stream_goes_on(breakable: Subject) -> None:
    subject = breakable
    subject.page.evaluate(TWO_STREAMS)
    strike(subject)
    subject.until("second.state === 'running'", 10)
    told = subject.page.evaluate("() => told")
    spared, hit = sorted(told.values(), key=len)
    assert spared == [] and sorted(hit) == ["concealed", "internal", "running"], told
    subject.until("subject.safe.stats?.restarts === 0", 10)
    subject.look()
    private(subject.rows, "one of two streams")
    subject.page.evaluate("() => Promise.all([subject.safe.stop(), second.stop()])")
    subject.nothing_left()


def test_what_was_asked_for_stays(breakable: Subject) -> None:
    """Also of an effect with a picture, which Python has to be given again."""
    subject = breakable
    picture = """async () => {
        const canvas = new OffscreenCanvas(320, 180);
        const context = canvas.getContext('2d');
        context.fillStyle = '#00f';
        context.fillRect(0, 0, 320, 180);
        await subject.safe.update({ effect: { type: 'image', source: await canvas.convertToBlob() } });
    }"""
    subject.page.evaluate(picture)
    subject.until_frames(10)
    before = subject.newest()
    strike(subject)
    after = subject.newest()
    assert before[0] == after[0] == BREAKABLE_SIZE
    corner = [int(luma[0]) for _, luma in (before, after)]
    assert abs(corner[0] - corner[1]) <= 1 and corner[1] < 60, corner
    subject.look()
    private(subject.rows, "with a picture")


def test_memory_of_the_old_ones_comes_back(breakable: Subject) -> None:
    subject = breakable
    subject.show(LARGE)  # of which an engine takes tens of megabytes
    subject.until_frames(10)
    sizes = []
    for number in range(1, RENEWALS + 1):
        strike(subject)
        subject.page.evaluate("(ms) => injector.jump('composer', ms)", number * LATER_MS)
        seen = subject.page.evaluate("() => subject.statsSeen")
        subject.until(f"subject.statsSeen >= {seen + 2}", 10)
        sizes.append(subject.stats["heapBytes"])
    print(f"Python's heap after each: {sizes}")
    assert subject.stats["restarts"] == 0
    assert sizes[-1] == sizes[1]
    subject.look()
    private(subject.rows, "one engine after the other")


def test_a_second_time_soon_the_worker_is_replaced(breakable: Subject) -> None:
    subject = breakable
    strike(subject)
    strike(subject)
    subject.until("subject.safe.stats?.restarts === 1", 10)
    assert set(subject.codes("warning", "error")) == {"internal"}
    subject.look()
    private(subject.rows, "twice")
