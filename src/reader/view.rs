//! Parts of pages, and smaller ones.

use crate::codec::{Header, PageSource};
use crate::error::Result;
use crate::image::{Orientation, WHITE};
use crate::limits::Budget;
use crate::memory::Scratch;
use crate::options::{ReadOptions, Region};
use crate::pixel::reduce::{Reducer, Shrink, averaged};
use crate::pixel::{Converter, Layout, PixelFormat, PixelView};

/// What of the stored pixels is read, and how small. A page that is drawn is drawn so, and has none.
pub struct View {
    whole: (u32, u32),
    /// As the pixels lie in the file.
    window: Region,
    shrink: Option<(Shrink, Shrink)>,
}

impl View {
    /// What `options` ask for of a page that is turned by `turn` after it was mirrored.
    pub fn of(
        header: &Header,
        options: &ReadOptions,
        turn: Orientation,
        mirrored: bool,
    ) -> Result<Option<Self>> {
        if header.source == PageSource::Drawn {
            return Ok(None);
        }
        let (width, height) = (header.width, header.height);
        let whole = Region { x: 0, y: 0, width, height };
        let window = match options.region {
            None => whole,
            Some(region) => stored(region, (width, height), turn, mirrored)?,
        };
        let shrink = shrink(&window, options);
        let all = window == whole && shrink.is_none();
        Ok((!all).then_some(Self { whole: (width, height), window, shrink }))
    }

    /// Whether several stored pixels become one.
    pub fn reduces(&self) -> bool {
        self.shrink.is_some()
    }

    /// The side of the squares whose means a codec may give instead of pixels, and what is still to be done then, if
    /// anything is. To a length that is no whole part of the page, pixels are averaged once more, at least two of them.
    pub fn squares(&self) -> Option<(u32, Option<Self>)> {
        let (across, down) = self.shrink?;
        let Region { x, y, width, height } = self.window;
        let fits = |by: u32, shrink: Shrink, start: u32, len: u32, whole: u32| {
            let aligned =
                start.is_multiple_of(by) && (len.is_multiple_of(by) || start + len == whole);
            let shrinks = match shrink {
                Shrink::Blocks(size) => size == by,
                Shrink::To(to) => len / to.max(1) >= 2 * by || len == to.saturating_mul(by),
            };
            aligned && shrinks
        };
        let by = [8, 4, 2].into_iter().find(|by| {
            fits(*by, across, x, width, self.whole.0) && fits(*by, down, y, height, self.whole.1)
        })?;
        let window =
            Region { x: x / by, y: y / by, width: width.div_ceil(by), height: height.div_ceil(by) };
        let whole = (self.whole.0.div_ceil(by), self.whole.1.div_ceil(by));
        let left = |shrink: Shrink, len: u32| matches!(shrink, Shrink::To(to) if to < len);
        let shrinks = left(across, window.width) || left(down, window.height);
        let all = (window.x, window.y, window.width, window.height) == (0, 0, whole.0, whole.1);
        let shrink = shrinks.then_some((across, down));
        Some((by, (shrinks || !all).then_some(Self { whole, window, shrink })))
    }

    /// Pixels per row and rows that come out.
    pub fn size(&self) -> (u32, u32) {
        let Region { width, height, .. } = self.window;
        self.shrink.map_or((width, height), |(x, y)| (x.len(width), y.len(height)))
    }

    /// How much shorter the sides of pixels lie: what dots per inch are multiplied with.
    pub fn scale(&self) -> (f64, f64) {
        let side = |shrink: Shrink, from: u32| match shrink {
            Shrink::Blocks(size) => 1.0 / f64::from(size.max(1)),
            Shrink::To(_) => f64::from(shrink.len(from)) / f64::from(from.max(1)),
        };
        let Region { width, height, .. } = self.window;
        self.shrink.map_or((1.0, 1.0), |(x, y)| (side(x, width), side(y, height)))
    }

    /// The whole page, as it has to be decoded for pixels of `format`.
    pub fn whole(&self, format: PixelFormat) -> Result<Layout> {
        let format = if self.reduces() { averaged(format) } else { format };
        Layout::tight(self.whole.0, self.whole.1, format)
    }

    /// Takes what is asked for out of the whole page.
    pub fn apply(
        &self,
        whole: &PixelView<'_>,
        to: &mut [u8],
        layout: Layout,
        budget: &Budget,
    ) -> Result<()> {
        let rows = to.chunks_mut(layout.stride.max(1)).take(layout.height as usize);
        let rows = rows.map(|row| row.get_mut(..layout.row_len()).unwrap_or_default());
        let (format, width) = (whole.layout().format, layout.width as usize);
        let (at, size) = ((self.window.x, self.window.y), (self.window.width, self.window.height));
        let Some((across, down)) = self.shrink else {
            if format.is_packed_bits() {
                return cut_bits(whole, at, layout, rows, budget);
            }
            let window = whole.window(at, size)?;
            let converter = Converter::new(format, layout.format, WHITE);
            return rows.zip(0..).try_for_each(|(to, y)| {
                converter.row(window.row(y), to, width);
                budget.check()
            });
        };
        let window = whole.window(at, size)?;
        let _booked = budget.reserve(Reducer::memory(layout.width))?;
        let mut reducer = Reducer::new(size, format, (across, down))?;
        let smaller = Layout::tight(layout.width, 1, format)?;
        let mut scratch = Scratch::new(smaller.row_len(), "a row", budget)?;
        let converter = Converter::new(format, layout.format, WHITE);
        rows.zip(0..).try_for_each(|(to, y)| {
            reducer.row(&window, y, &mut scratch);
            converter.row(&scratch, to, width);
            budget.check()
        })
    }
}

/// Cuts rows out of bits, which begin at any of them.
fn cut_bits<'a>(
    whole: &PixelView<'_>,
    (x, y): (u32, u32),
    layout: Layout,
    rows: impl Iterator<Item = &'a mut [u8]>,
    budget: &Budget,
) -> Result<()> {
    let all = whole.layout();
    let bytes = Converter::new(all.format, PixelFormat::Binary8, WHITE);
    let bits = Converter::new(PixelFormat::Binary8, layout.format, WHITE);
    let mut scratch = Scratch::new(all.width as usize, "a row", budget)?;
    rows.zip(u64::from(y)..).try_for_each(|(to, y)| {
        bytes.row(whole.row(y), &mut scratch, all.width as usize);
        bits.row(scratch.get(x as usize..).unwrap_or_default(), to, layout.width as usize);
        budget.check()
    })
}

/// Where a region of what is returned lies among the stored pixels.
fn stored(
    region: Region,
    (width, height): (u32, u32),
    turn: Orientation,
    mirrored: bool,
) -> Result<Region> {
    let upright = if turn.is_sideways() { (height, width) } else { (width, height) };
    region.check_within(upright.0, upright.1)?;
    let Region { x, y, width: across, height: down } = region;
    let (from_right, from_bottom) = (upright.0 - x - across, upright.1 - y - down);
    let turned = match turn {
        Orientation::Upright => region,
        Orientation::Right => Region { x: y, y: from_right, width: down, height: across },
        Orientation::Down => Region { x: from_right, y: from_bottom, ..region },
        Orientation::Left => Region { x: from_bottom, y: x, width: down, height: across },
    };
    let x = if mirrored { width - turned.x - turned.width } else { turned.x };
    Ok(Region { x, ..turned })
}

/// How a window becomes smaller: first by `scale`, then so that the longer side has no more than `max_side` pixels.
fn shrink(window: &Region, options: &ReadOptions) -> Option<(Shrink, Shrink)> {
    let blocks = Shrink::Blocks(options.scale);
    let (width, height) = (blocks.len(window.width), blocks.len(window.height));
    let longer = width.max(height);
    let most = options.max_side;
    if most == 0 || longer <= most {
        return (options.scale > 1).then_some((blocks, blocks));
    }
    let side = |side: u32| {
        let exact = (u64::from(side) * u64::from(most) + u64::from(longer) / 2) / u64::from(longer);
        Shrink::To(u32::try_from(exact).unwrap_or(most).max(1))
    };
    Some((side(width), side(height)))
}
