"""No frame that leaves shows the room, in all that happens while nothing is broken.

The room carries a mark; the detector for it (test_watermark.py proves it) looks at every frame of the output,
from the first one that is written.
"""

from __future__ import annotations

from pathlib import Path

from blurstream_build.serve import Server
from subject import OpenSubject, Subject, private

MARKED = "portrait_marked_480p.y4m"


def test_a_camera_from_start_to_stop(site: Server, open_subject: OpenSubject, built_clips: Path) -> None:
    """The fake camera plays the marked clip: start, running, every strength, switched off and on, stop."""
    subject = open_subject(site, camera=built_clips / MARKED)
    page = subject.page
    page.evaluate("() => subject.openCamera({video: {width: 640, height: 480}})")
    subject.run(effect={"type": "blur", "strength": "light"})
    subject.watch(1)
    private(subject.rows, "camera, start and 'light'")
    written = subject.stats
    assert len(subject.rows) >= written["veiledFrames"] + written["composedFrames"], (
        "frames went past the tap"
    )
    for strength in ("private", "medium", 1, "light"):
        before = len(subject.rows)
        page.evaluate("(strength) => subject.safe.update({effect: {type: 'blur', strength}})", strength)
        subject.until_frames(10)
        private(subject.rows[before:], f"camera, strength {strength}")
    before = len(subject.rows)
    for enabled in (False, True) * 2:
        page.evaluate("(on) => { subject.camera.getVideoTracks()[0].enabled = on; }", enabled)
        subject.watch(1)
    subject.until_frames(10)
    subject.until_state("running")
    page.evaluate("() => { subject.camera.getVideoTracks()[0].stop(); }")
    subject.until_state("stopped")
    subject.watch(0.5)
    private(subject.rows[before:], "camera, off and on, end")
    subject.nothing_left()


def test_a_source_that_falls_silent(site: Server, open_subject: OpenSubject) -> None:
    """As a muted camera: nothing comes for a while, then it goes on."""
    subject = open_subject(site)
    subject.open()
    subject.run()
    for _ in range(2):
        subject.pause()
        subject.watch(1.5)
        subject.show()
        subject.until_frames(10)
    subject.until_state("running")
    private(subject.rows, "silent source")


def test_other_sizes_in_mid_stream(site: Server, open_subject: OpenSubject) -> None:
    subject = open_subject(site)
    subject.open((320, 180))
    subject.begin()
    subject.show((640, 480), pixels="NV12")  # before it is ready, too
    subject.watch(0.5)
    subject.show((322, 181))
    subject.page.evaluate("() => subject.safe.ready")
    for size in ((640, 360), (320, 180), (1280, 720), (640, 480)):
        subject.show(size)
        subject.until_frames(8)
    private(subject.rows, "sizes")
    assert {row.height for row in subject.rows} >= {180, 360, 480, 720}


def test_stop_shows_nothing_more(site: Server, open_subject: OpenSubject) -> None:
    subject = open_subject(site)
    subject.open()
    subject.run()
    subject.page.evaluate("() => subject.safe.stop()")
    subject.nothing_left()
    subject.watch(0.5)
    private(subject.rows, "stop")


def test_nobody_in_the_picture(site: Server, open_subject: OpenSubject) -> None:
    """Every frame is concealed, also at a weak strength, until somebody comes; and again when they go."""
    subject = open_subject(site)
    subject.open(picture="room")
    subject.begin(effect={"type": "blur", "strength": 0})
    subject.until_state("concealed")
    subject.until("subject.safe.stats?.concealedFrames > 20")
    assert subject.stats["composedFrames"] == 0
    assert subject.codes("warning") == ["no-person"] and subject.codes("error") == []
    assert subject.page.evaluate("() => subject.safe.reason") == "no-person"
    subject.look()
    private(subject.rows, "nobody")
    assert max(row.detail for row in subject.rows[-5:]) < 2, "concealed is to mean 'private' or stronger"
    subject.page.evaluate("() => subject.safe.update({effect: {type: 'blur', strength: 'private'}})")
    subject.show()
    subject.page.evaluate("() => subject.safe.ready")
    subject.until_frames(10)
    subject.show(picture="room")
    subject.until_state("concealed")
    subject.until_frames(10)
    private(subject.rows, "somebody comes and goes")
    concealed = [
        event.code for event in subject.events if event.type == "statechange" and event.state == "concealed"
    ]
    assert concealed == ["no-person", "no-person"]


def test_received_over_webrtc(site: Server, open_subject: OpenSubject) -> None:
    """What the other side of a call decodes: the right size, and no mark."""
    subject: Subject = open_subject(site)
    subject.open()
    subject.page.evaluate(
        """async () => {
            await subject.begin();
            const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()];
            here.onicecandidate = ({candidate}) => there.addIceCandidate(candidate);
            there.onicecandidate = ({candidate}) => here.addIceCandidate(candidate);
            for (const track of subject.safe.getTracks()) here.addTrack(track, subject.safe);
            const received = new Promise((resolve) => { there.ontrack = ({track}) => resolve(track); });
            await here.setLocalDescription();
            await there.setRemoteDescription(here.localDescription);
            await there.setLocalDescription();
            await here.setRemoteDescription(there.localDescription);
            const [sender] = here.getSenders();
            const parameters = sender.getParameters();
            parameters.degradationPreference = 'maintain-resolution';
            await sender.setParameters(parameters);
            subject.received = subject.tap(await received);
            await subject.safe.ready;
        }"""
    )
    subject.until("subject.received.rows.filter(({detail}) => detail > 0).length > 30")
    last = subject.page.evaluate("() => subject.received.rows.at(-1)")
    assert (last["width"], last["height"]) == (640, 360)
    private(subject.look(), "sent and received over WebRTC")
    assert subject.state == "running"
