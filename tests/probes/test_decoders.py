"""The threads that decode give way to the event loop."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from monitor.model import Cause, Codec, KeyFrame
from monitor.picture import NO_EVIDENCE
from monitor.probes.decoders import GIVES_WAY, Decoders
from tests.driven import START


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all threads of a process have one priority")
async def test_a_thread_that_decodes_gives_way_to_the_event_loop() -> None:
    ours = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    with Decoders(1) as decoders:
        seen = await decoders.look(KeyFrame(Codec.H264, b"no picture"), "cam", START, NO_EVIDENCE)
        assert seen.cause is Cause.DECODE_FAILED
        (thread,) = [thread for thread in threading.enumerate() if thread.name.startswith("decode")]
        assert thread.native_id is not None
        assert os.getpriority(os.PRIO_PROCESS, thread.native_id) == min(19, ours + GIVES_WAY)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == ours
