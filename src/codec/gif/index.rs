//! What a GIF says about itself outside its pixels: one pass over the blocks, nothing decompressed (GIF89a).

use std::io::{BufRead, Read, Seek};

use crate::codec::animation::{Disposal, Region};
use crate::error::{Error, Kind, Result};
use crate::limits::Budget;
use crate::pixel::PixelFormat;
use crate::source::{Cursor, Source};

/// Red, green and blue of a colour table.
pub(super) type Rgb = [u8; 3];

/// What colours a table has, from few to many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tones {
    /// Black and white, and no more entries.
    Bilevel,
    Gray,
    Colour,
}

impl Tones {
    fn of(table: &[Rgb]) -> Self {
        match table {
            // Without a table everything is black.
            [] | [[0, 0, 0], [255, 255, 255]] | [[255, 255, 255], [0, 0, 0]] => Self::Bilevel,
            _ if table.iter().all(|[r, g, b]| r == g && g == b) => Self::Gray,
            _ => Self::Colour,
        }
    }
}

/// A frame, and the page that is composed up to it.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// Where it says it lies: not always on the canvas.
    pub region: Region,
    pub interlaced: bool,
    pub transparent: Option<u8>,
    pub disposal: Disposal,
    /// Milliseconds that it is shown.
    pub delay_ms: u32,
    /// Its own colour table: where it lies, and how many colours it has.
    pub table: Option<(u64, usize)>,
    /// Where the compressed data begin.
    pub data: u64,
    /// The canvas of the page: that of the first is the screen, later ones grow where a frame reaches beyond.
    pub size: (u32, u32),
    /// The format of the page.
    pub native: PixelFormat,
    /// Bits that an index into its colours takes.
    pub bits: u32,
    tones: Tones,
}

/// What was found.
#[derive(Debug)]
pub(super) struct Index {
    /// The global colour table.
    pub global: Vec<Rgb>,
    /// What the canvas has where no frame is. In a file where something is transparent, that is transparent too, as in
    /// every browser; in one where nothing is, it is the background colour.
    pub background: Option<Rgb>,
    pub frames: Vec<Frame>,
    /// What frames are composed in: the least that holds the pixels of every page.
    pub composed: PixelFormat,
    /// How often the frames are played; 0 = forever.
    pub loop_count: u32,
    /// Where the sub-blocks of the colour profile begin.
    pub icc: Option<u64>,
    /// Where those of the XMP packet begin.
    pub xmp: Option<u64>,
    /// Why the file is not whole.
    pub damage: Option<Error>,
}

/// The frame's graphic control: disposal, transparent index and delay.
type Control = (Disposal, Option<u8>, u32);

impl Index {
    /// Walks over the blocks. Damage behind the first frame is noted, not an error.
    pub fn scan(source: &Source, budget: &Budget) -> Result<Self> {
        let mut blocks = Blocks { cursor: source.cursor(), len: source.len() };
        let mut index = Self {
            global: Vec::new(),
            background: None,
            frames: Vec::new(),
            composed: PixelFormat::Abgr8888,
            // Without a word on it once.
            loop_count: 1,
            icc: None,
            xmp: None,
            damage: None,
        };
        let [_, _, _, _, _, _, a, b, c, d, flags, background, _] = blocks.take::<13>()?;
        let screen = (u32::from(u16::from_le_bytes([a, b])), u32::from(u16::from_le_bytes([c, d])));
        if flags & 0x80 != 0 {
            index.global = blocks.table(table_len(flags))?;
        }
        if let Err(error) = index.walk(&mut blocks, budget) {
            if index.frames.is_empty() || error.kind() != Kind::Damaged {
                return Err(error);
            }
            index.damage = Some(error);
        }
        index.settle(screen, usize::from(background))?;
        Ok(index)
    }

    fn walk(&mut self, blocks: &mut Blocks, budget: &Budget) -> Result<()> {
        let mut control = Control::default();
        loop {
            match blocks.take::<1>()? {
                [b','] => {
                    budget.check_pages(self.frames.len() as u64 + 1)?;
                    let frame = self.frame(blocks, std::mem::take(&mut control))?;
                    self.frames.push(frame);
                    blocks.skip()?;
                }
                [b'!'] => self.extension(blocks, &mut control)?,
                [b';'] => return Ok(()),
                // Other readers too look for the next block where something else lies between two.
                _ => {}
            }
        }
    }

    /// Reads a frame up to its compressed data.
    fn frame(
        &self,
        blocks: &mut Blocks,
        (disposal, transparent, delay_ms): Control,
    ) -> Result<Frame> {
        let [a, b, c, d, e, f, g, h, flags] = blocks.take::<9>()?;
        let [left, top, width, height] =
            [[a, b], [c, d], [e, f], [g, h]].map(|bytes| u32::from(u16::from_le_bytes(bytes)));
        let mut table = None;
        let mut colours = None;
        if flags & 0x80 != 0 {
            let len = table_len(flags);
            table = Some((blocks.position()?, len));
            colours = Some(blocks.table(len)?);
        }
        let colours = colours.as_ref().unwrap_or(&self.global);
        let data = blocks.position()?;
        blocks.take::<1>()?;
        Ok(Frame {
            region: Region { left, top, width, height },
            interlaced: flags & 0x40 != 0,
            transparent,
            disposal,
            delay_ms,
            table,
            data,
            size: (0, 0),
            native: PixelFormat::Argb8888,
            bits: colours.len().max(2).ilog2(),
            tones: Tones::of(colours),
        })
    }

    fn extension(&mut self, blocks: &mut Blocks, control: &mut Control) -> Result<()> {
        let [label] = blocks.take::<1>()?;
        let start = blocks.position()?;
        let [len] = blocks.take::<1>()?;
        match (label, len) {
            (0xf9, 4) => {
                let [flags, low, high, transparent] = blocks.take::<4>()?;
                let disposal = match flags >> 2 & 7 {
                    2 => Disposal::Clear,
                    3 => Disposal::Restore,
                    _ => Disposal::Keep,
                };
                let delay = u32::from(u16::from_le_bytes([low, high])) * 10;
                *control = (disposal, (flags & 1 != 0).then_some(transparent), delay);
            }
            (0xff, 11) => {
                let name = blocks.take::<11>()?;
                let data = Some(blocks.position()?);
                match &name {
                    b"ICCRGBG1012" => self.icc = self.icc.or(data),
                    b"NETSCAPE2.0" | b"ANIMEXTS1.0" => self.repetition(blocks)?,
                    b"XMP DataXMP" => self.xmp = self.xmp.or(data),
                    _ => {}
                }
            }
            _ => blocks.seek(start)?,
        }
        blocks.skip()
    }

    /// How often the frames are repeated after the first time, which is to be told with them.
    fn repetition(&mut self, blocks: &mut Blocks) -> Result<()> {
        let start = blocks.position()?;
        if blocks.take::<1>()? == [3]
            && let [1, low, high] = blocks.take::<3>()?
        {
            self.loop_count = match u16::from_le_bytes([low, high]) {
                0 => 0,
                again => u32::from(again) + 1,
            };
        }
        blocks.seek(start)
    }

    /// Decides size and format of every page.
    fn settle(&mut self, screen: (u32, u32), background: usize) -> Result<()> {
        let missing = || Error::damaged("there is no frame");
        let first = self.frames.first().ok_or_else(missing)?.region;
        let mut size = if screen.0 == 0 || screen.1 == 0 { extent(first) } else { screen };
        if self.frames.iter().all(|frame| frame.transparent.is_none()) && !self.global.is_empty() {
            self.background = Some(self.global.get(background).copied().unwrap_or_default());
        }
        let mut tones = self.background.map_or(Tones::Bilevel, |_| Tones::of(&self.global));
        // Whether nothing on the canvas is transparent, before a frame and after it was disposed of.
        let mut solid = self.background.is_some();
        for (page, frame) in self.frames.iter_mut().enumerate() {
            let before = solid;
            if page > 0 {
                let (width, height) = extent(frame.region);
                let grown = (size.0.max(width), size.1.max(height));
                solid &= grown == size || self.background.is_some();
                size = grown;
            }
            let covers = frame.region.covers(size.0, size.1);
            solid |= covers && frame.transparent.is_none();
            tones = tones.max(frame.tones);
            frame.size = size;
            frame.native = match tones {
                _ if !solid => PixelFormat::Argb8888,
                Tones::Bilevel => PixelFormat::Binary,
                Tones::Gray => PixelFormat::Gray8,
                Tones::Colour => PixelFormat::Rgb888,
            };
            solid = match frame.disposal {
                Disposal::Keep => solid,
                Disposal::Clear => self.background.is_some(),
                Disposal::Restore => before,
            };
        }
        let is = |format| self.frames.iter().any(|frame| frame.native == format);
        self.composed = match () {
            () if is(PixelFormat::Argb8888) => PixelFormat::Abgr8888,
            () if is(PixelFormat::Rgb888) => PixelFormat::Bgr888,
            () => PixelFormat::Gray8,
        };
        Ok(())
    }

    /// A pixel of background as it is composed.
    pub fn blank(&self) -> Vec<u8> {
        let [r, g, b] = self.background.unwrap_or_default();
        match self.composed {
            PixelFormat::Gray8 => vec![r],
            PixelFormat::Bgr888 => vec![r, g, b],
            _ if self.background.is_some() => vec![r, g, b, 255],
            _ => vec![0; 4],
        }
    }
}

/// The canvas that a frame needs.
fn extent(region: Region) -> (u32, u32) {
    (region.left + region.width, region.top + region.height)
}

/// Colours of the table that these flags announce.
fn table_len(flags: u8) -> usize {
    2 << (flags & 7)
}

/// Reads the blocks of a file in order.
struct Blocks {
    cursor: Cursor,
    len: u64,
}

impl Blocks {
    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.cursor.read_exact(&mut bytes).map_err(|_| self.cut())?;
        Ok(bytes)
    }

    fn table(&mut self, len: usize) -> Result<Vec<Rgb>> {
        (0..len).map(|_| self.take::<3>()).collect()
    }

    /// Passes over sub-blocks up to the empty one that ends them.
    fn skip(&mut self) -> Result<()> {
        loop {
            match self.take::<1>()? {
                [0] => return Ok(()),
                [len] => {
                    self.cursor.seek_relative(i64::from(len)).map_err(|_| self.cut())?;
                }
            }
        }
    }

    fn position(&mut self) -> Result<u64> {
        self.cursor.stream_position().map_err(|_| self.cut())
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        self.cursor.seek(std::io::SeekFrom::Start(position)).map(drop).map_err(|_| self.cut())
    }

    fn cut(&self) -> Error {
        Error::damaged("the file ends before its trailer").at_offset(self.len)
    }
}

/// The sub-blocks from `at` on with their length bytes, without the empty one at the end.
pub(super) fn sub_blocks(source: &Source, at: u64, budget: &Budget) -> Result<Vec<u8>> {
    let mut cursor = source.cursor();
    let cut = |_| Error::damaged("the file ends within an extension");
    cursor.seek(std::io::SeekFrom::Start(at)).map_err(cut)?;
    let mut all = Vec::new();
    loop {
        let [len, ..] = *cursor.fill_buf().map_err(cut)? else {
            return Err(cut(std::io::ErrorKind::UnexpectedEof.into()));
        };
        if len == 0 {
            return Ok(all);
        }
        let mut block = [0; 256];
        let block = block.get_mut(..usize::from(len) + 1).unwrap_or_default();
        cursor.read_exact(block).map_err(cut)?;
        budget.check_metadata((all.len() + block.len()) as u64)?;
        crate::memory::append(&mut all, block, "metadata")?;
    }
}
