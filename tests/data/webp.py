"""WebP, lossless and lossy, bit by bit (RFC 9649, RFC 6386)."""
import struct


def chunk(kind, data):
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def file(*chunks):
    return chunk(b"RIFF", b"WEBP" + b"".join(chunks))


def sizes(*numbers):
    return b"".join(number.to_bytes(3, "little") for number in numbers)


def extended(flags, width, height):
    return chunk(b"VP8X", bytes([flags, 0, 0, 0]) + sizes(width - 1, height - 1))


def flat(width, height, red, green, blue, alpha=255):
    """One colour: codes of one symbol each, so that pixels take no bits."""
    bits, count = 0, 0
    fields = [(width - 1, 14), (height - 1, 14), (alpha < 255, 1), (0, 3), (0, 3)]   # no transform, cache, groups
    for symbol in (green, red, blue, alpha):
        fields += [(1, 1), (0, 1), (1, 1), (symbol, 8)]
    fields += [(1, 1), (0, 1), (0, 1), (0, 1)]      # distances
    for value, length in fields:
        bits |= int(value) << count
        count += length
    return chunk(b"VP8L", b"\x2f" + bits.to_bytes(count // 8 + 1, "little"))


def three_frame_webp():
    """A sheet, a half transparent patch that is then cleared, and a patch in place of what is there."""
    def frame(left, top, width, height, flags, delay, colour):
        head = sizes(left // 2, top // 2, width - 1, height - 1, delay) + bytes([flags])
        return chunk(b"ANMF", head + flat(width, height, *colour))

    return file(
        extended(0x12, 64, 48),
        chunk(b"ANIM", bytes(4) + struct.pack("<H", 3)),
        frame(0, 0, 64, 48, 0, 100, (250, 250, 240)),
        frame(16, 8, 32, 32, 1, 200, (200, 30, 30, 128)),
        frame(40, 30, 20, 10, 2, 300, (20, 40, 200, 90)),
    )


class Bools:
    """The arithmetic encoder (RFC 6386, section 7.3), without the flush: zeros that follow are decisions that are false."""

    def __init__(self):
        self.low, self.range, self.shifted = 0, 255, 0

    def put(self, value, probability=128):
        split = 1 + ((self.range - 1) * probability >> 8)
        if value:
            self.low, self.range = self.low + split, self.range - split
        else:
            self.range = split
        while self.range < 128:
            self.low, self.range, self.shifted = self.low * 2, self.range * 2, self.shifted + 1

    def number(self, value, bits):
        for bit in reversed(range(bits)):
            self.put(value >> bit & 1)

    def data(self, length):
        """The lowest value of the interval, of which the first decision sees eight bits."""
        return (self.low << (8 * length - 8 - self.shifted)).to_bytes(length, "big")


def lossy_webp():
    """A frame of noise that fades out, smoothed, with a ramp of alpha."""
    width, height = 64, 48
    header = Bools()
    header.number(0, 3)     # colours, clamping, no segments
    header.number(0, 1)     # the normal filter
    header.number(20, 6)    # its level
    header.number(0, 3)     # its sharpness
    header.number(0, 3)     # no changes of it, one partition
    header.number(30, 7)    # the step of dequantization
    # All that follows is false: probabilities stay, blocks are the mean of what is around them.
    first = header.data(80)
    state, noise = 1, bytearray()
    for _ in range(300):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        noise.append(state >> 16 & 255)
    head = (len(first) << 5 | 1 << 4).to_bytes(3, "little") + b"\x9d\x01\x2a" + struct.pack("<HH", width, height)
    alpha = bytes(min(255, 4 * x + y) for y in range(height) for x in range(width))
    return file(
        extended(0x10, width, height),
        chunk(b"ALPH", b"\0" + alpha),
        chunk(b"VP8 ", head + first + bytes(noise) + bytes(100)),
    )
