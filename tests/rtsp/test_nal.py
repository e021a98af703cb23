"""Real H.264 and H.265 pictures go through RTP and come out whole, or not at all."""

from __future__ import annotations

from time import process_time

import numpy as np
import pytest

from monitor.model import Cause, Codec, KeyFrame
from monitor.probes.decode import look_at
from monitor.rtsp.budget import Budget
from monitor.rtsp.depacketiser import KeyFrameTooLarge
from monitor.rtsp.h264 import H264
from monitor.rtsp.h265 import H265
from monitor.rtsp.nal import NalDepacketiser
from monitor.rtsp.sdp import Track
from monitor.rtsp.video import Video
from tests.rtsp.footage import aggregate, coded, decoded, fragments, packets, payloads, picture, rtp, units

BOTH = pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
SYNTAX = {Codec.H264: H264, Codec.H265: H265}


def unit_type(codec: Codec, unit: bytes) -> int:
    return unit[0] >> SYNTAX[codec].shift & SYNTAX[codec].mask


def parameter_sets(codec: Codec, access_unit: bytes) -> list[bytes]:
    return [unit for unit in units(access_unit) if unit_type(codec, unit) in SYNTAX[codec].parameter_sets]


def picture_units(codec: Codec, access_unit: bytes) -> list[bytes]:
    """What a key frame keeps of an access unit: parameter sets and slices."""
    kept = {*SYNTAX[codec].parameter_sets, *SYNTAX[codec].slices}
    return [unit for unit in units(access_unit) if unit_type(codec, unit) in kept]


def slices(codec: Codec, access_unit: bytes) -> list[bytes]:
    return [unit for unit in units(access_unit) if unit_type(codec, unit) in SYNTAX[codec].slices]


def first_keyframe(
    codec: Codec, sent: list[bytes], sets: tuple[bytes, ...] = (), limit: int = 10**6
) -> KeyFrame | None:
    video = Video(Track(codec, 96, parameter_sets=sets), limit, Budget(10**9))
    return next(filter(None, map(video.push, sent)), None) or video.settle()


def stream(sent: list[bytes], timestamp: int = 1, *, marker: bool = True) -> list[bytes]:
    return [rtp(part, at, timestamp, marker=marker and at == len(sent) - 1) for at, part in enumerate(sent)]


@BOTH
@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("size", [200, 1400, 60000])
def test_a_coded_picture_survives_the_journey(codec: Codec, together: bool, size: int) -> None:
    access_units = coded(codec)
    got = first_keyframe(codec, packets(codec, access_units, size, together=together))
    assert got is not None
    assert units(got.data) == picture_units(codec, access_units[0])
    assert (got.codec, got.packets_lost) == (codec, 0)
    assert np.array_equal(decoded(codec, got.data), decoded(codec, access_units[0]))


@BOTH
def test_pictures_that_are_no_key_frame_are_waited_out(codec: Codec) -> None:
    access_units = coded(codec)
    got = first_keyframe(codec, packets(codec, access_units[1:] + access_units[:1]))
    assert got is not None
    assert units(got.data) == picture_units(codec, access_units[0])


@BOTH
def test_without_marker_the_next_timestamp_ends_the_picture(codec: Codec) -> None:
    access_units = coded(codec)
    sent = stream(payloads(codec, access_units[0]), marker=False)
    assert first_keyframe(codec, sent) is None
    following = rtp(payloads(codec, access_units[1])[0], len(sent), 2)
    got = first_keyframe(codec, [*sent, following])
    assert got is not None
    assert units(got.data) == picture_units(codec, access_units[0])


@BOTH
def test_a_marker_on_parameter_sets_ends_nothing(codec: Codec) -> None:
    access_unit = coded(codec)[0]
    parts = payloads(codec, access_unit)
    small = len(parameter_sets(codec, access_unit))
    sent = [rtp(part, at, 1, marker=at < small or at == len(parts) - 1) for at, part in enumerate(parts)]
    got = first_keyframe(codec, sent)
    assert got is not None
    assert units(got.data) == picture_units(codec, access_unit)


@BOTH
def test_parameter_sets_of_the_description_are_used_where_the_stream_has_none(codec: Codec) -> None:
    access_unit = coded(codec)[0]
    sets = tuple(parameter_sets(codec, access_unit))
    parts = [piece for unit in slices(codec, access_unit) for piece in fragments(codec, unit, 300)]
    got = first_keyframe(codec, stream(parts), sets)
    assert got is not None
    assert units(got.data) == picture_units(codec, access_unit)


@BOTH
def test_parameter_sets_of_the_stream_win_over_the_description(codec: Codec) -> None:
    access_unit = coded(codec)[0]
    wrong = tuple(unit[:-1] + b"\x55" for unit in parameter_sets(codec, access_unit))
    got = first_keyframe(codec, packets(codec, (access_unit,)), wrong)
    assert got is not None
    assert units(got.data) == picture_units(codec, access_unit)


@BOTH
def test_without_parameter_sets_a_key_frame_is_not_enough(codec: Codec) -> None:
    parts = [piece for unit in slices(codec, coded(codec)[0]) for piece in fragments(codec, unit, 300)]
    video = Video(Track(codec, 96), 10**6, Budget(10**9))
    assert not any(map(video.push, stream(parts)))
    assert video.settle() is None
    assert video.shortfall(silent=False)[0] is Cause.PARAMETER_SETS_MISSING


@BOTH
def test_a_picture_with_a_hole_is_never_handed_out(codec: Codec) -> None:
    access_units = coded(codec)
    whole = packets(codec, access_units + access_units)
    key_packets = len(payloads(codec, access_units[0]))
    small = len(parameter_sets(codec, access_units[0])) + 1
    for missing in range(small, key_packets):
        got = first_keyframe(codec, whole[:missing] + whole[missing + 1 :])
        assert got is not None
        assert units(got.data) == picture_units(codec, access_units[0])
        assert got.packets_lost == 1
        assert first_keyframe(codec, whole[:missing] + whole[missing + 1 : len(packets(codec, access_units))]) is None


@BOTH
def test_joining_in_the_middle_of_a_key_frame_waits_for_the_next(codec: Codec) -> None:
    access_units = coded(codec)
    whole = packets(codec, access_units + access_units, 300)
    for joined in range(len(parameter_sets(codec, access_units[0])) + 2, 20):
        got = first_keyframe(codec, whole[joined:], tuple(parameter_sets(codec, access_units[0])))
        assert got is not None
        assert units(got.data) == picture_units(codec, access_units[0])


@BOTH
def test_when_every_key_frame_has_a_hole_the_stream_is_damaged(codec: Codec) -> None:
    access_units = coded(codec)
    sent = packets(codec, access_units)
    del sent[len(payloads(codec, access_units[0])) // 2]
    video = Video(Track(codec, 96), 10**6, Budget(10**9))
    assert not any(map(video.push, sent))
    cause, detail = video.shortfall(silent=False)
    assert cause is Cause.STREAM_DAMAGED
    assert "1 lost" in detail


@BOTH
@pytest.mark.parametrize("options", ["", ":slices=4"])
def test_a_key_frame_joined_in_the_middle_is_none_that_lost_packets(codec: Codec, options: str) -> None:
    key, *others = coded(codec, 320, 320, 6, options)
    sent, end = packets(codec, (key, *others), 400), len(payloads(codec, key, 400))
    pieces = sum(len(fragments(codec, unit, 400)) for unit in slices(codec, key))
    for joined in range(end - pieces + 1, end):
        rest = sent[joined:-3] + sent[-2:]
        video = Video(Track(codec, 96), 10**6, Budget(10**9))
        assert not any(map(video.push, rest))
        cause, detail = video.shortfall(silent=False)
        assert cause is Cause.NO_KEYFRAME
        assert detail.startswith(f"{len(rest)} packets, 1 lost, NAL types ")


@BOTH
def test_without_any_key_frame_the_types_seen_are_told(codec: Codec) -> None:
    video = Video(Track(codec, 96), 10**6, Budget(10**9))
    assert not any(map(video.push, packets(codec, coded(codec)[1:])))
    cause, detail = video.shortfall(silent=False)
    assert cause is Cause.NO_KEYFRAME
    assert detail.endswith("NAL types 1")


@BOTH
@pytest.mark.parametrize("size", [300, 60000])
def test_a_key_frame_beyond_the_limit_is_refused(codec: Codec, size: int) -> None:
    with pytest.raises(KeyFrameTooLarge):
        first_keyframe(codec, packets(codec, coded(codec), size), limit=5000)


@BOTH
def test_fragments_without_end_never_outgrow_the_limit(codec: Codec) -> None:
    start, middle, *_ = fragments(codec, slices(codec, coded(codec)[0])[0], 1000)
    depacketiser = NalDepacketiser(SYNTAX[codec], (), 20_000, Budget(10**9))
    for part in [start, *[middle] * 16]:
        assert depacketiser.push(part, 0, len(part), 1, False, False) is None
    with pytest.raises(KeyFrameTooLarge):
        depacketiser.push(middle * 3, 0, 3 * len(middle), 1, False, False)


@BOTH
def test_countless_tiny_slices_outgrow_the_limit_before_they_fill_the_memory(codec: Codec) -> None:
    whole = slices(codec, coded(codec)[0])[0]
    tiny = whole[: SYNTAX[codec].header] + b"\x40"
    sent = [rtp(aggregate(codec, [whole]), 0, 1)]
    sent += [rtp(aggregate(codec, [tiny] * 10_000), number + 1, 1) for number in range(10)]
    with pytest.raises(KeyFrameTooLarge):
        first_keyframe(codec, sent, limit=4_000_000)


@BOTH
def test_parameter_sets_larger_than_any_are_passed_over(codec: Codec) -> None:
    huge = [unit[:2] + bytes((number,)) * 60_000 for number, unit in enumerate(parameter_sets(codec, coded(codec)[0]))]
    sent = stream(huge, 3600, marker=False) + packets(codec, coded(codec)[:1], first=len(huge))
    got = first_keyframe(codec, sent)
    assert got is not None
    assert len(got.data) < 60_000


@BOTH
def test_a_unit_of_zeros_is_read_once(codec: Codec) -> None:
    unit = packets(codec, coded(codec)[:1])[0][12:14]
    video = Video(Track(codec, 96), 10**6, Budget(10**9))
    began = process_time()
    for number in range(8):
        assert video.push(rtp(unit[:1] + bytes(60_000), number)) is None
    assert process_time() - began < 1


# ---------------------------------------------------------------- what devices do with the rules


@BOTH
def test_one_packet_may_hold_everything_with_start_codes(codec: Codec) -> None:
    access_unit = coded(codec)[0]
    for sent in (access_unit, access_unit[4:]):
        got = first_keyframe(codec, stream([sent]))
        assert got is not None
        assert units(got.data) == picture_units(codec, access_unit)


@BOTH
def test_fragments_may_hold_everything_with_start_codes(codec: Codec) -> None:
    access_unit = coded(codec)[0]
    sent = stream(fragments(codec, access_unit[4:], 500))
    got = first_keyframe(codec, [*sent, rtp(b"\x41", len(sent), 2)])
    assert got is not None
    assert units(got.data) == picture_units(codec, access_unit)


@BOTH
def test_a_whole_unit_may_come_as_its_only_fragment(codec: Codec) -> None:
    access_unit = coded(codec)[0]
    parts = [piece for unit in units(access_unit) for piece in fragments(codec, unit, 60000)]
    got = first_keyframe(codec, stream(parts))
    assert got is not None
    assert units(got.data) == picture_units(codec, access_unit)


@BOTH
def test_a_last_fragment_without_end_bit_ends_with_the_picture(codec: Codec) -> None:
    access_unit = coded(codec)[0]
    at = SYNTAX[codec].header
    parts = [
        part
        if unit_type(codec, part) != SYNTAX[codec].fragmentation
        else part[:at] + bytes((part[at] & 0xBF,)) + part[at + 1 :]
        for part in payloads(codec, access_unit)
    ]
    assert first_keyframe(codec, stream(parts)) is None, "more pieces may follow"
    got = first_keyframe(codec, [*stream(parts), rtp(parts[0], len(parts), 2)])
    assert got is not None
    assert units(got.data) == picture_units(codec, access_unit)


@BOTH
def test_padding_and_broken_sizes_in_an_aggregate_harm_nothing(codec: Codec) -> None:
    access_unit = coded(codec)[0]
    sets = aggregate(codec, parameter_sets(codec, access_unit)) + b"\0\0\0\0\xff"
    parts = [piece for unit in slices(codec, access_unit) for piece in fragments(codec, unit, 300)]
    got = first_keyframe(codec, stream([sets, b"", b"\x78", *parts]))
    assert got is not None
    assert units(got.data) == picture_units(codec, access_unit)


def test_an_i_picture_after_a_recovery_point_is_a_key_frame() -> None:
    access_units = coded(
        Codec.H264, frames=12, options=":keyint=4:min-keyint=1:open-gop=1:bframes=2:scenecut=0:b-adapt=0"
    )
    entry = next(each for each in access_units[1:] if any(map(H264.announces_entry, units(each))))
    assert {unit_type(Codec.H264, unit) for unit in slices(Codec.H264, entry)} == {1}
    got = first_keyframe(Codec.H264, packets(Codec.H264, access_units[1:]))
    assert got is not None
    announced = [unit for unit in units(entry) if H264.announces_entry(unit)]
    sets_and_slices = picture_units(Codec.H264, entry)
    assert units(got.data) == [*sets_and_slices[:2], *announced, *sets_and_slices[2:]]
    assert look_at(got).cause is Cause.OK
    shown = decoded(Codec.H264, got.data).astype(int)
    originals = [picture(320, 176, number).to_ndarray(format="gray").astype(int) for number in range(12)]
    assert min(float(np.abs(shown - original).mean()) for original in originals) < 4


def test_a_recovery_point_with_other_slices_is_none() -> None:
    access_units = coded(Codec.H264, frames=8, options=":intra-refresh=1:keyint=4:bframes=0")
    assert first_keyframe(Codec.H264, packets(Codec.H264, access_units[1:])) is None


def test_a_payload_type_that_was_not_announced_is_believed_in_time() -> None:
    access_units = coded(Codec.H264)
    video = Video(Track(Codec.H264, 97), 10**6, Budget(10**9))
    sent = packets(Codec.H264, access_units[1:] * 40 + access_units)
    assert any(map(video.push, sent))
    assert "not announced: 96" in video.shortfall(silent=False)[1]


def test_another_stream_on_the_channel_is_passed_over() -> None:
    sent = packets(Codec.H264, coded(Codec.H264))
    mixed = [packet for good in sent for packet in (rtp(b"junk", 1, 77, payload_type=50, ssrc=1), good)]
    got = first_keyframe(Codec.H264, mixed)
    assert got is not None
    assert got.packets_lost == 0


def test_junk_counted_in_the_same_sequence_is_no_loss() -> None:
    parts = payloads(Codec.H264, coded(Codec.H264)[0])
    mixed = [rtp(part, 2 * at, 1, marker=at == len(parts) - 1) for at, part in enumerate(parts)]
    junk = [rtp(b"junk", 2 * at + 1, 1, payload_type=50) for at in range(len(parts))]
    both = [packet for pair in zip(mixed, junk, strict=True) for packet in pair]
    got = first_keyframe(Codec.H264, both)
    assert got is not None
    assert got.packets_lost == 0
    assert first_keyframe(Codec.H264, both[:9] + both[10:]) is None


def test_junk_with_a_count_of_its_own_is_no_loss() -> None:
    sent = packets(Codec.H264, coded(Codec.H264))
    junk = [rtp(b"junk", at % 7, 77, payload_type=50) for at in range(len(sent))]
    got = first_keyframe(Codec.H264, [packet for pair in zip(sent, junk, strict=True) for packet in pair])
    assert got is not None
    assert got.packets_lost == 0


@BOTH
@pytest.mark.parametrize("delay", [1, 2, 5, 30])
def test_copies_that_come_late_spoil_nothing(codec: Codec, delay: int) -> None:
    sent = packets(codec, coded(codec))
    twice = [packet for at in range(len(sent)) for packet in (sent[at], sent[max(0, at - delay)])]
    got = first_keyframe(codec, twice)
    assert got is not None
    assert units(got.data) == picture_units(codec, coded(codec)[0])
    assert got.packets_lost == 0


def test_a_late_part_of_a_hole_spoils_the_picture_under_way() -> None:
    sent = packets(Codec.H264, coded(Codec.H264)[:1])
    late = [*sent[:8], *sent[9:12], sent[8], *sent[12:]]
    assert first_keyframe(Codec.H264, late) is None


def test_a_sender_that_starts_anew_in_the_middle_of_a_picture_spoils_it() -> None:
    access_unit = coded(Codec.H264)[0]
    sent = stream(payloads(Codec.H264, access_unit))
    anew = [packet[:8] + b"\0\0\0\x01" + packet[12:] for packet in sent]
    assert first_keyframe(Codec.H264, sent[:8] + anew[8:]) is None
    for first in (65530, 65000, 30000, 0):
        again = packets(Codec.H264, (access_unit, access_unit), first=first)
        got = first_keyframe(Codec.H264, sent[:8] + again)
        assert got is not None
        assert units(got.data) == picture_units(Codec.H264, access_unit)


@BOTH
def test_any_payload_is_survived(codec: Codec) -> None:
    generator = np.random.default_rng(3)
    video = Video(Track(codec, 96), 10**6, Budget(10**9))
    for number in range(5000):
        payload = generator.bytes(int(generator.integers(0, 12)))
        video.push(rtp(payload, number, number // 9, marker=number % 7 == 0))
    assert video.packets == 5000


# ---------------------------------------------------------------- senders that mark every slice

SLICED = {Codec.H264: ":slices=4", Codec.H265: ":slices=4"}


def marked_slices(codec: Codec, access_unit: bytes, timestamp: int = 1, first: int = 0) -> list[bytes]:
    """RTP packets with the marker on the last packet of every slice, as some encoders set it."""
    sent: list[bytes] = []
    for unit in units(access_unit):
        parts = fragments(codec, unit, 400) if len(unit) > 400 else [unit]
        ends = unit_type(codec, unit) in SYNTAX[codec].slices
        sent += [
            rtp(part, first + len(sent) + at, timestamp, marker=ends and at == len(parts) - 1)
            for at, part in enumerate(parts)
        ]
    return sent


@BOTH
def test_a_marker_on_every_slice_does_not_cut_the_picture(codec: Codec) -> None:
    access_units = coded(codec, 320, 320, 2, SLICED[codec])
    assert len(slices(codec, access_units[0])) > 1
    sent = marked_slices(codec, access_units[0])
    video = Video(Track(codec, 96), 10**6, Budget(10**9))
    assert not any(map(video.push, sent))
    assert video.waiting
    assert video.settle() is None, "several markers and no end: nobody knows whether it is whole"
    got = video.push(marked_slices(codec, access_units[1], 2, len(sent))[0])
    assert got is not None
    assert units(got.data) == picture_units(codec, access_units[0])


@BOTH
def test_a_marker_on_the_last_of_several_slices_ends_the_picture_at_once(codec: Codec) -> None:
    access_unit = coded(codec, 320, 320, 2, SLICED[codec])[0]
    video = Video(Track(codec, 96), 10**6, Budget(10**9))
    got = next(filter(None, map(video.push, packets(codec, (access_unit,)))), None)
    assert got is not None
    assert not video.waiting
    assert units(got.data) == picture_units(codec, access_unit)


@BOTH
def test_a_hole_while_more_slices_may_follow_drops_the_picture(codec: Codec) -> None:
    access_unit = coded(codec, 320, 320, 2, SLICED[codec])[0]
    sent = marked_slices(codec, access_unit)
    video = Video(Track(codec, 96), 10**6, Budget(10**9))
    ends = [at for at, packet in enumerate(sent) if packet[1] & 0x80]
    assert not any(map(video.push, sent[: ends[0] + 1] + sent[ends[0] + 2 :]))
    assert video.settle() is None


@BOTH
@pytest.mark.parametrize("times", [1, 2, 3, 100])
def test_a_picture_begins_twice_at_the_most_once_for_each_field(codec: Codec, times: int) -> None:
    access_unit = coded(codec)[0]
    sent = stream([*parameter_sets(codec, access_unit), *slices(codec, access_unit) * times])
    video = Video(Track(codec, 96), 10**6, Budget(10**9))
    got = next(filter(None, map(video.push, sent)), None) or video.settle()
    assert (got is not None) == (times <= 2)
    assert video.packets == len(sent)


@pytest.mark.parametrize("kind", [25, 26, 27, 29])
def test_units_in_interleaved_order_are_named_as_what_is_not_read(kind: int) -> None:
    video = Video(Track(Codec.H264, 96), 10**6, Budget(10**9))
    assert not any(map(video.push, stream([bytes((0x60 | kind, 0, 1, 0, 4)) + b"\x65\x88\0\0"] * 9)))
    cause, detail = video.shortfall(silent=False)
    assert cause is Cause.CODEC_UNSUPPORTED
    assert "interleaved order" in detail


def test_units_behind_an_extended_header_are_named_as_what_is_not_read() -> None:
    video = Video(Track(Codec.H265, 96), 10**6, Budget(10**9))
    sent = [bytes((50 << 1, 1, 0, 8)) + unit for unit in units(coded(Codec.H265)[0])]
    assert not any(map(video.push, stream(sent)))
    cause, detail = video.shortfall(silent=False)
    assert cause is Cause.CODEC_UNSUPPORTED
    assert "PACI" in detail


@BOTH
def test_a_track_with_keys_is_called_encrypted_only_where_nothing_can_be_read(codec: Codec) -> None:
    sent, generator = packets(codec, coded(codec)), np.random.default_rng(5)
    video = Video(Track(codec, 96, keyed=True), 10**6, Budget(10**9))
    assert not any(video.push(packet[:12] + generator.bytes(len(packet) - 12)) for packet in sent)
    assert video.shortfall(silent=False)[0] is Cause.STREAM_ENCRYPTED
    video = Video(Track(codec, 96, keyed=True), 10**6, Budget(10**9))
    assert any(map(video.push, sent))


@BOTH
@pytest.mark.parametrize("code", [b"\0\0\1", b"\0\0\0\1"])
def test_start_codes_left_in_before_the_fragments_are_cut_harm_nothing(codec: Codec, code: bytes) -> None:
    access_units = coded(codec)
    sent: list[bytes] = []
    for number, together in enumerate(map(units, access_units[1:] + access_units)):
        for unit in together:
            for part in fragments(codec, code + unit, 400) if len(unit) > 396 else [code + unit]:
                sent.append(rtp(part, len(sent), number, marker=unit is together[-1]))
    got = first_keyframe(codec, sent)
    assert got is not None
    assert slices(codec, got.data) == slices(codec, access_units[0])


def test_a_recovery_point_may_be_announced_with_another_timestamp() -> None:
    access_units = coded(
        Codec.H264, frames=12, options=":keyint=4:min-keyint=1:open-gop=1:bframes=2:scenecut=0:b-adapt=0"
    )
    at = next(at for at in range(1, 12) if any(map(H264.announces_entry, units(access_units[at]))))
    sent: list[bytes] = []
    for number, together in enumerate(map(units, access_units[1:])):
        for unit in together:
            early = unit_type(Codec.H264, unit) not in H264.slices
            for part in fragments(Codec.H264, unit, 400) if len(unit) > 400 else [unit]:
                sent.append(rtp(part, len(sent), 3600 * number + 3600 - 5 * early, marker=unit is together[-1]))
    got = first_keyframe(Codec.H264, sent)
    assert got is not None
    assert slices(Codec.H264, got.data) == slices(Codec.H264, access_units[at])


@BOTH
def test_an_order_that_is_announced_is_named_where_no_key_frame_came(codec: Codec) -> None:
    for announced, cause in ((True, Cause.CODEC_UNSUPPORTED), (False, Cause.NO_KEYFRAME)):
        video = Video(Track(codec, 96, interleaved=announced), 10**6, Budget(10**9))
        assert not any(map(video.push, packets(codec, coded(codec)[1:])))
        assert video.shortfall(silent=False)[0] is cause
