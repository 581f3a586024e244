//! Files with restart markers, which our encoder does not write.

use super::*;

/// The data between restart markers, and what stands before it.
pub struct Intervals {
    head: Vec<u8>,
    pub data: Vec<Vec<u8>>,
}

impl Intervals {
    /// An image of whole MCUs in intervals of `len` of them: each is the data of an image that has these alone, in a row.
    pub fn of(image: &ImageData, options: &SaveOptions, len: usize) -> Self {
        let layout = image.layout();
        let (across, down) = match options.subsampling {
            Subsampling::Both if !layout.format.is_gray() => (16, 16),
            Subsampling::Horizontal if !layout.format.is_gray() => (16, 8),
            _ => (8, 8),
        };
        let columns = layout.width as usize / across;
        let row = across * layout.format.bits_per_pixel() / 8;
        let mcu = |at: usize, y: usize| {
            let y = at / columns * down + y;
            &image.pixels()[y * layout.stride + at % columns * row..][..row]
        };
        let save =
            |image: &ImageData| writer::save_memory(image, FileFormat::Jpeg, options).unwrap();
        let part = |mcus: std::ops::Range<usize>| {
            let width = (mcus.len() * across) as u32;
            let mut part = ImageData::new(width, down as u32, layout.format).unwrap();
            let rows: Vec<u8> = (0..down)
                .flat_map(|y| mcus.clone().flat_map(move |at| mcu(at, y).to_vec()))
                .collect();
            part.pixels_mut().copy_from_slice(&rows);
            let bytes = save(&part);
            bytes[data(&bytes)..bytes.len() - 2].to_vec()
        };
        let whole = save(image);
        let scan = position(&whole, markers::SOS);
        let interval = (len as u16).to_be_bytes();
        let mut head = [&whole[..scan], &[0xff, markers::DRI, 0, 4], &interval].concat();
        head.extend(&whole[scan..data(&whole)]);
        let all = columns * (layout.height as usize / down);
        let data = (0..all).step_by(len).map(|at| part(at..(at + len).min(all))).collect();
        Self { head, data }
    }

    /// A file; an interval without data is left out with its marker.
    pub fn file(&self) -> Vec<u8> {
        let mut file = self.head.clone();
        for (at, data) in self.data.iter().enumerate().filter(|(_, data)| !data.is_empty()) {
            if at > 0 {
                file.extend([0xff, 0xd0 + ((at - 1) % 8) as u8]);
            }
            file.extend(data);
        }
        file.extend([0xff, 0xd9]);
        file
    }
}

fn position(bytes: &[u8], marker: u8) -> usize {
    bytes.windows(2).position(|pair| pair == [0xff, marker]).unwrap()
}

/// Where the data of the scan begins.
fn data(bytes: &[u8]) -> usize {
    let scan = position(bytes, markers::SOS);
    scan + 2 + usize::from(bytes[scan + 3])
}
