//! Data of zlib (RFC 1950): Deflate (RFC 1951) within a head and a checksum.
//!
//! All compressed bytes are at hand, which is what makes it faster than a decoder that waits for more: most symbols are
//! decoded without asking whether there are bytes for them and room.

mod bits;
mod codes;
mod fast;
mod simd;
mod tables;
#[cfg(test)]
mod tests;

use bits::Bits;
use codes::Codes;
use fast::Stop;
use tables::{Symbol, Tables};

use crate::error::Result;
use crate::limits::Budget;
use crate::memory::Scratch;

/// Bytes that matches reach back.
const WINDOW: usize = 32 << 10;
/// Bytes after the end of a match that may be overwritten, with the longest match.
const SLACK: usize = 258 + 16;
/// Bytes that are decoded at once, beside those of the window: what is less than 128 KiB together costs no page faults.
const FRESH: usize = (64 << 10) - 2 * SLACK;

/// So many bytes more than follow: pairs of literals would take longer to find than they save.
const PAIRED: usize = 2048;

/// Data is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Head,
    Block,
    /// Bytes that are left of a block without compression.
    Stored(usize),
    Coded,
    Done,
    Damaged,
}

/// A stream that is being decoded.
pub struct Inflater {
    stream: Stream,
    /// For bytes that are not decoded to where they are wanted.
    window: Option<Window>,
    /// Bytes that are wanted in all, as far as that is known.
    room: usize,
}

struct Stream {
    state: State,
    is_last: bool,
    /// Whether all of its bytes are at hand from the first call on.
    is_whole: bool,
    bits: Bits,
    /// What is left of a match that there was no room for: length and distance.
    open: (usize, usize),
    tables: Box<Tables>,
}

struct Window {
    buffer: Scratch,
    /// The decoded bytes that nobody has taken yet.
    start: usize,
    end: usize,
}

impl Inflater {
    /// A decoder at the start of a stream.
    pub fn new() -> Self {
        Self::with_room(0)
    }

    /// The same for about `room` bytes, which are wanted piece by piece.
    pub fn with_room(room: usize) -> Self {
        Self { stream: Stream::new(), window: None, room }
    }

    /// Fills `to`, which nothing is wanted before or after; how many bytes there were for it, and whether what follows is
    /// damaged.
    pub fn all(mut self, from: &[u8], to: &mut [u8]) -> (usize, Option<Damaged>) {
        let (mut end, room) = (0, to.len());
        self.stream.is_whole = true;
        let damage = self.stream.decode(from, to, &mut end, room).err();
        (end, damage)
    }

    /// Fills `to` with the next bytes; how many there were for it, and whether what follows is damaged. `from` is the
    /// whole stream, the same in each call, or what follows what was [forgotten](Inflater::forget), as far as it is at
    /// hand: less than wanted comes from less than all.
    pub fn next(
        &mut self,
        from: &[u8],
        to: &mut [u8],
        budget: &Budget,
    ) -> Result<(usize, Option<Damaged>)> {
        let window = match &mut self.window {
            Some(window) => window,
            None => self.window.insert(Window::new(to.len().max(self.room), budget)?),
        };
        let mut done = 0;
        while let Some(rest) = to.get_mut(done..).filter(|rest| !rest.is_empty()) {
            if window.is_empty() {
                window.slide();
                let (before, room) = (window.end, window.room());
                let (buffer, end) = (&mut window.buffer, &mut window.end);
                let outcome = self.stream.decode(from, buffer, end, room);
                // Damage after some bytes is found again after those.
                if window.end == before {
                    return Ok((done, outcome.err()));
                }
            }
            done += window.take(rest);
        }
        Ok((done, None))
    }

    /// Whether the stream ended.
    pub fn is_done(&self) -> bool {
        self.stream.state == State::Done
    }

    /// The checksum (Adler-32) that follows a stream that ended, where it is at hand.
    pub fn checksum(&self, from: &[u8]) -> Option<u32> {
        let Bits { at, count, .. } = self.stream.bits;
        let stated = from.get(at - (count / 8) as usize..)?.first_chunk()?;
        self.is_done().then(|| u32::from_be_bytes(*stated))
    }

    /// Forgets the bytes of the stream that are not wanted any more: so many less are there in the next call.
    pub fn forget(&mut self) -> usize {
        let bits = &mut self.stream.bits;
        // Of those that were taken, some may be given back.
        let used = bits.at - (bits.count / 8) as usize;
        bits.at -= used;
        used
    }
}

/// [`Inflater::all`] of two streams: faster than one after the other, since neither waits for the memory that the other
/// does.
pub fn two(
    (from, to): (&[u8], &mut [u8]),
    (other_from, other_to): (&[u8], &mut [u8]),
) -> [(usize, Option<Damaged>); 2] {
    let (mut one, mut other) = (Stream::new(), Stream::new());
    (one.is_whole, other.is_whole) = (true, true);
    let (mut end, mut other_end) = (0, 0);
    while one.find_block(from, to, &mut end)
        && other.find_block(other_from, other_to, &mut other_end)
        && !one.tables.literals.has_pairs()
        && !other.tables.literals.has_pairs()
    {
        let mut lane = fast::Lane::new(&one.tables, from, one.bits, to, end);
        let mut other_lane =
            fast::Lane::new(&other.tables, other_from, other.bits, other_to, other_end);
        let (which, outcome) = simd::two(&mut lane, &mut other_lane);
        (one.bits, end) = lane.place();
        (other.bits, other_end) = other_lane.place();
        let ended = if which { other.stopped(outcome) } else { one.stopped(outcome) };
        // The others are alone with their last bytes.
        if ended != Ok(true) {
            break;
        }
    }
    let (room, other_room) = (to.len(), other_to.len());
    let damage = one.decode(from, to, &mut end, room).err();
    let other_damage = other.decode(other_from, other_to, &mut other_end, other_room).err();
    [(end, damage), (other_end, other_damage)]
}

impl Window {
    fn new(first: usize, budget: &Budget) -> Result<Self> {
        let len = WINDOW + first.min(FRESH) + 2 * SLACK;
        Ok(Self { buffer: Scratch::new(len, "a window", budget)?, start: 0, end: 0 })
    }

    fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Where decoding stops, up to a match later.
    fn room(&self) -> usize {
        self.buffer.len() - 2 * SLACK
    }

    /// Makes room where there is none, for bytes that are all taken.
    fn slide(&mut self) {
        if self.end >= self.room() {
            self.buffer.copy_within(self.end - WINDOW..self.end, 0);
            (self.start, self.end) = (WINDOW, WINDOW);
        }
    }

    fn take(&mut self, to: &mut [u8]) -> usize {
        let ready = self.buffer.get(self.start..self.end).unwrap_or_default();
        let len = ready.len().min(to.len());
        if let (Some(to), Some(ready)) = (to.get_mut(..len), ready.get(..len)) {
            to.copy_from_slice(ready);
        }
        self.start += len;
        len
    }
}

impl Stream {
    fn new() -> Self {
        let tables = Box::new(Tables { literals: Codes::new(), distances: Codes::new() });
        let (state, bits) = (State::Head, Bits::default());
        Self { state, is_last: false, is_whole: false, bits, open: (0, 0), tables }
    }

    /// Decodes what comes before the symbols of a block; false where there is none any more.
    fn find_block(&mut self, from: &[u8], buffer: &mut [u8], end: &mut usize) -> bool {
        let room = buffer.len();
        loop {
            self.copy_open(buffer, end, room);
            let goes_on = match self.state {
                _ if *end >= room => return false,
                State::Coded => return true,
                State::Head => self.head(from),
                State::Block => self.block(from),
                State::Stored(left) => Ok(self.stored(from, left, buffer, end, room)),
                State::Done | State::Damaged => return false,
            };
            // What is wrong is found again.
            if !matches!(goes_on, Ok(Some(()))) {
                return false;
            }
        }
    }

    /// Decodes until there are `room` bytes, of which there were `end`, or the data ends.
    fn decode(
        &mut self,
        from: &[u8],
        buffer: &mut [u8],
        end: &mut usize,
        room: usize,
    ) -> Result<(), Damaged> {
        loop {
            self.copy_open(buffer, end, room);
            if *end >= room {
                return Ok(());
            }
            let goes_on = match self.state {
                State::Head => self.head(from)?,
                State::Block => self.block(from)?,
                State::Stored(left) => self.stored(from, left, buffer, end, room),
                State::Coded => self.coded(from, buffer, end, room)?,
                State::Done => None,
                State::Damaged => return Err(Damaged),
            };
            if goes_on.is_none() {
                return Ok(());
            }
        }
    }

    /// The two bytes of zlib.
    fn head(&mut self, from: &[u8]) -> Result<Option<()>, Damaged> {
        let Some([method, flags]) = from.first_chunk::<2>() else { return Ok(None) };
        let is_whole = u16::from_be_bytes([*method, *flags]).is_multiple_of(31);
        if method & 15 != 8 || method >> 4 > 7 || !is_whole || flags & 0x20 != 0 {
            return Err(Damaged);
        }
        self.bits.at = 2;
        self.state = State::Block;
        Ok(Some(()))
    }

    /// The head of a block; `None` where the data ends.
    fn block(&mut self, from: &[u8]) -> Result<Option<()>, Damaged> {
        if self.is_last {
            self.state = State::Done;
            return Ok(None);
        }
        let mut bits = self.bits;
        let Some(head) = bits.take(3, from) else { return Ok(None) };
        self.state = match head >> 1 {
            0 => {
                bits.align();
                let Some(lens) = from.get(bits.at..).and_then(<[u8]>::first_chunk) else {
                    return Ok(None);
                };
                bits.at += 4;
                let [low, high, not_low, not_high] = *lens;
                if (low ^ not_low) & (high ^ not_high) != 0xff {
                    return Err(Damaged);
                }
                State::Stored(usize::from(u16::from_le_bytes([low, high])))
            }
            1 => {
                self.tables.fixed();
                State::Coded
            }
            2 => {
                let is_long = !self.is_whole || from.len().saturating_sub(bits.at) > PAIRED;
                match self.tables.read(&mut bits, from, is_long)? {
                    Some(()) => State::Coded,
                    None => return Ok(None),
                }
            }
            _ => return Err(Damaged),
        };
        self.is_last = head & 1 == 1;
        self.bits = bits;
        Ok(Some(()))
    }

    fn stored(
        &mut self,
        from: &[u8],
        left: usize,
        buffer: &mut [u8],
        end: &mut usize,
        room: usize,
    ) -> Option<()> {
        if left == 0 {
            self.state = State::Block;
            return Some(());
        }
        let rest = from.get(self.bits.at..).unwrap_or_default();
        let len = left.min(room - *end).min(rest.len());
        let to = buffer.get_mut(*end..).unwrap_or_default();
        to.iter_mut().zip(rest).take(len).for_each(|(to, from)| *to = *from);
        self.bits.at += len;
        *end += len;
        self.state = State::Stored(left - len);
        (len > 0).then_some(())
    }

    /// Symbols of a block, until it or the data ends or there is no room.
    fn coded(
        &mut self,
        from: &[u8],
        buffer: &mut [u8],
        end: &mut usize,
        room: usize,
    ) -> Result<Option<()>, Damaged> {
        let mut lane = fast::Lane::new(&self.tables, from, self.bits, buffer, *end);
        let outcome = match self.tables.literals.has_pairs() {
            true => simd::one_with_pairs(&mut lane),
            false => simd::one(&mut lane),
        };
        (self.bits, *end) = lane.place();
        if self.stopped(outcome)? {
            return Ok(Some(()));
        }
        while *end < room && self.open.0 == 0 {
            let mut bits = self.bits;
            match self.tables.symbol(&mut bits, from)? {
                None => return Ok(None),
                Some(Symbol::Literal(byte)) => {
                    if let Some(to) = buffer.get_mut(*end) {
                        *to = byte;
                    }
                    *end += 1;
                }
                Some(Symbol::Match(_, distance)) if distance > *end => return Err(Damaged),
                Some(Symbol::Match(len, distance)) => self.open = (len, distance),
                Some(Symbol::End) => self.state = State::Block,
            }
            self.bits = bits;
            if self.state == State::Block {
                break;
            }
        }
        Ok(Some(()))
    }

    /// Takes note of why a loop ended; whether it was the end of the block.
    fn stopped(&mut self, outcome: Result<Stop, Damaged>) -> Result<bool, Damaged> {
        match outcome {
            Ok(Stop::Ended) => self.state = State::Block,
            Ok(Stop::Open(len, distance)) => self.open = (len, distance),
            Ok(Stop::Short) => {}
            Err(Damaged) => self.state = State::Damaged,
        }
        Ok(outcome? == Stop::Ended)
    }

    /// Copies what there is room for of the match that is open.
    fn copy_open(&mut self, buffer: &mut [u8], end: &mut usize, room: usize) {
        let (len, mut distance) = self.open;
        let now = len.min(room.saturating_sub(*end));
        let to = buffer.get_mut(..*end + now).unwrap_or_default();
        while let Some(from) = end.checked_sub(distance).filter(|_| *end < to.len()) {
            let step = distance.min(to.len() - *end);
            to.copy_within(from..from + step, *end);
            *end += step;
            // What repeats after so many bytes repeats after twice as many, too.
            distance *= 2;
        }
        self.open.0 -= now;
    }
}
