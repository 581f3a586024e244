//! Progressive files (T.81, annex G): coefficients in ten scans, each with the best tables for it.
//!
//! All coefficients are kept, 136 bytes for a block: scans go over them several times. The scans are those of libjpeg.

use super::super::markers;
use super::super::tables::{self, Huffman, ZIGZAG};
use super::entropy::Entropy;
use super::huffman::{self, Codes, Counts};
use super::quantize::Coefficients;
use super::{Component, Shape};
use crate::error::Result;
use crate::limits::{Budget, Reservation};
use crate::memory;
use crate::sink::Sink;

/// Correction bits that may wait for the end of a run of blocks without new coefficients.
const MOST_WAITING: usize = 1000;
/// Blocks that such a run has at the most.
const LONGEST_RUN: u32 = 0x7fff;
/// Bytes collected before they go into the sink.
const BUFFER: usize = 32 << 10;

/// The coefficients of a component, in zigzag order, its blocks as MCUs have them.
struct Grid {
    blocks: Vec<[i16; 64]>,
    /// A bit for each place other than zero.
    masks: Vec<u64>,
    dc: i16,
}

/// Keeps the coefficients of an image.
pub(super) struct Kept {
    grids: Vec<Grid>,
    /// Whose block comes next: for each block of an MCU the number of a component.
    order: Vec<usize>,
    next: usize,
    _booked: Reservation,
}

impl Kept {
    pub fn new(shape: &Shape, budget: &Budget) -> Result<Self> {
        let mcus = shape.columns.saturating_mul(shape.rows);
        let mut order = Vec::new();
        for (number, component) in shape.components.iter().enumerate() {
            order.extend(std::iter::repeat_n(number, component.across * component.down));
        }
        let size = mcus.saturating_mul(order.len()).saturating_mul(136);
        let booked = budget.reserve(size as u64)?;
        let grid = |component: &Component| {
            let count = mcus.saturating_mul(component.across * component.down);
            let blocks = memory::places(count, "coefficients")?;
            Ok(Grid { blocks, masks: memory::places(count, "coefficients")?, dc: 0 })
        };
        let grids = shape.components.iter().map(grid).collect::<Result<_>>()?;
        Ok(Self { grids, order, next: 0, _booked: booked })
    }
}

impl Entropy for Kept {
    fn block(&mut self, _tables: usize, difference: i16, ac: &Coefficients) -> Result<()> {
        let number = self.order.get(self.next).copied().unwrap_or(0);
        self.next = (self.next + 1) % self.order.len().max(1);
        let Some(grid) = self.grids.get_mut(number) else { return Ok(()) };
        grid.dc = grid.dc.wrapping_add(difference);
        let mut block = ZIGZAG.map(|at| ac.values[usize::from(at & 63)]);
        block[0] = grid.dc;
        grid.blocks.push(block);
        grid.masks.push(ac.mask);
        Ok(())
    }
}

/// A scan: components, the first and last place, and which bits were sent before and are sent now.
struct Scan {
    components: Vec<usize>,
    places: (u32, u32),
    before: Option<u32>,
    now: u32,
}

/// The scans of libjpeg: the first bits of all, then the rest, luma last.
fn script(shape: &Shape) -> Vec<Scan> {
    let count = shape.components.len();
    let scan = |components: &[usize], places, before, now| Scan {
        components: components.to_vec(),
        places,
        before,
        now,
    };
    let all: Vec<usize> = (0..count).collect();
    let each = |places: (u32, u32), before: Option<u32>, now: u32| {
        all.iter().map(move |one| scan(&[*one], places, before, now))
    };
    let mut scans = vec![scan(&all, (0, 0), None, 1)];
    if count == 3 {
        scans.push(scan(&[0], (1, 5), None, 2));
        scans.push(scan(&[2], (1, 63), None, 1));
        scans.push(scan(&[1], (1, 63), None, 1));
        scans.push(scan(&[0], (6, 63), None, 2));
        scans.push(scan(&[0], (1, 63), Some(2), 1));
        scans.push(scan(&all, (0, 0), Some(1), 0));
        scans.extend([2, 1, 0].map(|one| scan(&[one], (1, 63), Some(1), 0)));
    } else {
        scans.extend(each((1, 5), None, 2));
        scans.extend(each((6, 63), None, 2));
        scans.extend(each((1, 63), Some(2), 1));
        scans.push(scan(&all, (0, 0), Some(1), 0));
        scans.extend(each((1, 63), Some(1), 0));
    }
    scans
}

/// Writes all scans.
pub(super) fn write(
    kept: &Kept,
    shape: &Shape,
    sink: &mut Sink<'_>,
    budget: &Budget,
) -> Result<()> {
    for scan in script(shape) {
        budget.check()?;
        let mut counter = Counter([[0; 256]; 2]);
        run(kept, shape, &scan, &mut counter)?;
        let best = counter.0.each_ref().map(huffman::best_table);
        let mut head = Vec::new();
        let class = if scan.places.0 == 0 { 0x00 } else { 0x10 };
        for (number, (table, counts)) in (0u8..).zip(best.iter().zip(&counter.0)) {
            if counts.iter().any(|count| *count > 0) {
                tables::put_huffman(&mut head, class | number, table)?;
            }
        }
        tables::put_segment(&mut head, markers::SOS, &describe(&scan, shape))?;
        sink.put(&head)?;
        let mut writer = Writer::new(sink, &best)?;
        run(kept, shape, &scan, &mut writer)?;
        writer.finish()?;
    }
    Ok(())
}

fn describe(scan: &Scan, shape: &Shape) -> Vec<u8> {
    let mut content = vec![scan.components.len() as u8];
    for component in scan.components.iter().filter_map(|number| shape.components.get(*number)) {
        let table = component.tables as u8;
        content.extend([component.id, if scan.places.0 == 0 { table << 4 } else { table }]);
    }
    let bits = scan.before.unwrap_or(0) << 4 | scan.now;
    content.extend([scan.places.0 as u8, scan.places.1 as u8, bits as u8]);
    content
}

/// Where symbols and bits go.
trait Out {
    fn code(&mut self, table: usize, symbol: u8) -> Result<()>;
    /// Up to 16 bits.
    fn bits(&mut self, bits: u32, count: u32) -> Result<()>;
}

fn run(kept: &Kept, shape: &Shape, scan: &Scan, out: &mut impl Out) -> Result<()> {
    match scan.components.as_slice() {
        _ if scan.places.0 == 0 => dc(kept, shape, scan, out),
        [number] => ac(kept, shape, *number, scan, out),
        _ => Ok(()),
    }
}

/// The first coefficients: of one component row by row, of several MCU by MCU.
fn dc(kept: &Kept, shape: &Shape, scan: &Scan, out: &mut impl Out) -> Result<()> {
    let mut previous = [0i32; 4];
    let mut one = |number: usize, block: &[i16; 64], out: &mut _| {
        let table = shape.components.get(number).map_or(0, |component| component.tables);
        let value = i32::from(block[0]) >> scan.now;
        if scan.before.is_some() {
            return Out::bits(out, value as u32 & 1, 1);
        }
        let difference = value - std::mem::replace(&mut previous[number & 3], value);
        let count = 32 - difference.unsigned_abs().leading_zeros();
        Out::code(out, table, count as u8)?;
        Out::bits(out, (difference - i32::from(difference < 0)) as u32 & ((1 << count) - 1), count)
    };
    if let [number] = scan.components[..] {
        return each_block(kept, shape, number, |block, _| one(number, block, out));
    }
    let mut at = vec![0; kept.grids.len()];
    for _ in 0..shape.columns * shape.rows {
        for number in &kept.order {
            let (Some(grid), Some(at)) = (kept.grids.get(*number), at.get_mut(*number)) else {
                continue;
            };
            if let Some(block) = grid.blocks.get(*at) {
                one(*number, block, out)?;
            }
            *at += 1;
        }
    }
    Ok(())
}

/// The blocks of a component that hold samples of the picture, row by row, with their masks.
fn each_block(
    kept: &Kept,
    shape: &Shape,
    number: usize,
    mut take: impl FnMut(&[i16; 64], u64) -> Result<()>,
) -> Result<()> {
    let (Some(grid), Some(component)) = (kept.grids.get(number), shape.components.get(number))
    else {
        return Ok(());
    };
    let (across, down) = (component.across, component.down);
    for y in 0..component.rows {
        for x in 0..component.columns {
            let mcu = y / down * shape.columns + x / across;
            let at = mcu * across * down + y % down * across + x % across;
            if let (Some(block), Some(mask)) = (grid.blocks.get(at), grid.masks.get(at)) {
                take(block, *mask)?;
            }
        }
    }
    Ok(())
}

fn ac(kept: &Kept, shape: &Shape, number: usize, scan: &Scan, out: &mut impl Out) -> Result<()> {
    let table = shape.components.get(number).map_or(0, |component| component.tables);
    let (first, last) = scan.places;
    let within = u64::MAX << first & u64::MAX >> (63 - last);
    let mut blocks = Blocks { table, first, last, shift: scan.now, run: 0, waiting: Vec::new() };
    each_block(kept, shape, number, |block, mask| match scan.before {
        None => blocks.first(block, mask & within, out),
        Some(_) => blocks.refine(block, mask & within, out),
    })?;
    blocks.end_run(out)
}

/// Blocks of a scan, of which those without new coefficients are counted.
struct Blocks {
    table: usize,
    first: u32,
    last: u32,
    shift: u32,
    /// How many had nothing (more) to say.
    run: u32,
    /// Bits of coefficients known before, in those blocks.
    waiting: Vec<u8>,
}

impl Blocks {
    /// Section G.1.2.2.
    fn first(&mut self, block: &[i16; 64], mut mask: u64, out: &mut impl Out) -> Result<()> {
        let mut before = self.first - 1;
        while mask != 0 {
            let place = mask.trailing_zeros();
            mask &= mask - 1;
            let value = block[(place & 63) as usize];
            let size = u32::from(value.unsigned_abs()) >> self.shift;
            if size == 0 {
                continue;
            }
            self.end_run(out)?;
            let mut zeros = place - before - 1;
            while zeros > 15 {
                out.code(self.table, 0xf0)?;
                zeros -= 16;
            }
            let count = 32 - size.leading_zeros();
            out.code(self.table, (zeros << 4 | count) as u8)?;
            let bits = if value < 0 { !size } else { size };
            out.bits(bits & ((1 << count) - 1), count)?;
            before = place;
        }
        if before != self.last {
            self.run += 1;
            if self.run == LONGEST_RUN {
                self.end_run(out)?;
            }
        }
        Ok(())
    }

    /// Section G.1.2.3.
    fn refine(&mut self, block: &[i16; 64], mask: u64, out: &mut impl Out) -> Result<()> {
        let shift = self.shift;
        let size = |place: u32| u32::from(block[(place & 63) as usize].unsigned_abs()) >> shift;
        let (mut fresh, mut known, mut rest) = (0u64, 0u64, mask);
        while rest != 0 {
            let place = rest.trailing_zeros();
            rest &= rest - 1;
            fresh |= u64::from(size(place) == 1) << place;
            known |= u64::from(size(place) > 1) << place;
        }
        let mut corrections = Corrections { bits: [0; 64], len: 0 };
        let (mut before, mut zeros, mut rest) = (self.first - 1, 0, fresh | known);
        while rest != 0 {
            let place = rest.trailing_zeros();
            rest &= rest - 1;
            zeros += place - before - 1;
            before = place;
            // Behind the last new coefficient, the end of the block says it all.
            while zeros > 15 && fresh >> place != 0 {
                self.end_run(out)?;
                out.code(self.table, 0xf0)?;
                zeros -= 16;
                corrections.put(out)?;
            }
            if known >> place & 1 == 1 {
                corrections.push((size(place) & 1) as u8);
                continue;
            }
            self.end_run(out)?;
            out.code(self.table, (zeros << 4 | 1) as u8)?;
            out.bits(u32::from(block[(place & 63) as usize] > 0), 1)?;
            corrections.put(out)?;
            zeros = 0;
        }
        if zeros + (self.last - before) > 0 || corrections.len > 0 {
            self.run += 1;
            memory::append(&mut self.waiting, corrections.all(), "correction bits")?;
            if self.run == LONGEST_RUN || self.waiting.len() > MOST_WAITING - 63 {
                self.end_run(out)?;
            }
        }
        Ok(())
    }

    fn end_run(&mut self, out: &mut impl Out) -> Result<()> {
        if self.run > 0 {
            let count = 31 - self.run.leading_zeros();
            out.code(self.table, (count << 4) as u8)?;
            out.bits(self.run & ((1 << count) - 1), count)?;
            self.run = 0;
            self.waiting.drain(..).try_for_each(|bit| out.bits(bit.into(), 1))?;
        }
        Ok(())
    }
}

/// Bits of coefficients of a block that were known before.
struct Corrections {
    bits: [u8; 64],
    len: usize,
}

impl Corrections {
    fn push(&mut self, bit: u8) {
        if let Some(place) = self.bits.get_mut(self.len) {
            *place = bit;
            self.len += 1;
        }
    }

    fn all(&self) -> &[u8] {
        self.bits.get(..self.len).unwrap_or_default()
    }

    fn put(&mut self, out: &mut impl Out) -> Result<()> {
        self.all().iter().try_for_each(|bit| out.bits((*bit).into(), 1))?;
        self.len = 0;
        Ok(())
    }
}

/// Counts symbols.
struct Counter([Counts; 2]);

impl Out for Counter {
    #[inline(always)]
    fn code(&mut self, table: usize, symbol: u8) -> Result<()> {
        self.0[table & 1][usize::from(symbol)] += 1;
        Ok(())
    }

    #[inline(always)]
    fn bits(&mut self, _bits: u32, _count: u32) -> Result<()> {
        Ok(())
    }
}

/// Writes the bit stream of a scan.
struct Writer<'a, 's> {
    sink: &'a mut Sink<'s>,
    codes: [Codes; 2],
    buffer: Vec<u8>,
    held: u64,
    count: u32,
}

impl<'a, 's> Writer<'a, 's> {
    fn new(sink: &'a mut Sink<'s>, tables: &[Huffman; 2]) -> Result<Self> {
        let buffer = memory::places(BUFFER + 16, "the encoder")?;
        Ok(Self { sink, codes: tables.each_ref().map(Codes::new), buffer, held: 0, count: 0 })
    }

    /// Fills the last byte with ones.
    fn finish(mut self) -> Result<()> {
        let fill = (8 - self.count % 8) % 8;
        self.bits((1 << fill) - 1, fill)?;
        self.whole()?;
        self.sink.put(&self.buffer)
    }

    /// Moves whole bytes to the buffer, each of ones followed by a zero.
    fn whole(&mut self) -> Result<()> {
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.held >> self.count) as u8;
            self.buffer.push(byte);
            if byte == 0xff {
                self.buffer.push(0);
            }
        }
        if self.buffer.len() >= BUFFER {
            self.sink.put(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }
}

impl Out for Writer<'_, '_> {
    #[inline(always)]
    fn code(&mut self, table: usize, symbol: u8) -> Result<()> {
        let (code, len) = self.codes[table & 1].0[usize::from(symbol)];
        self.bits(code.into(), len.into())
    }

    #[inline(always)]
    fn bits(&mut self, bits: u32, count: u32) -> Result<()> {
        self.held = self.held << count | u64::from(bits);
        self.count += count;
        if self.count > 32 { self.whole() } else { Ok(()) }
    }
}
