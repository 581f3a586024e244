//! Images that the engine decodes: JBIG2, JPEG 2000, colours that only it knows. What it hands over has 8 bits a sample.

use hayro::hayro_interpret::{ImageData, LumaData};

use crate::codec::pdf::survey::Taken;
use crate::error::{Error, Result};
use crate::pixel::{Canvas, PixelFormat};

/// Puts what the engine decoded into a canvas of the same size.
pub fn put(taken: &Taken, canvas: &mut Canvas<'_>) -> Result<()> {
    match taken {
        Taken::Stencil(luma) => {
            let mut row = Vec::new();
            rows(&luma.data, (luma.width, luma.height), 1, canvas, |canvas, y, stencil| {
                // Paint is black.
                row.clear();
                row.extend(stencil.iter().map(|paint| !paint));
                canvas.put(y, PixelFormat::Gray8, &row)
            })
        }
        Taken::Picture(picture, None) => {
            let (data, channels, format) = match picture {
                ImageData::Rgb(rgb) => (&rgb.data, 3, PixelFormat::Bgr888),
                ImageData::Luma(luma) => (&luma.data, 1, PixelFormat::Gray8),
            };
            let size = (picture.width(), picture.height());
            rows(data, size, channels, canvas, |canvas, y, row| canvas.put(y, format, row))
        }
        Taken::Picture(picture, Some(alpha)) => transparent(picture, alpha, canvas),
    }
}

fn rows(
    data: &[u8],
    (width, height): (u32, u32),
    channels: usize,
    canvas: &mut Canvas<'_>,
    mut put: impl FnMut(&mut Canvas<'_>, u32, &[u8]) -> Result<()>,
) -> Result<()> {
    let layout = canvas.layout();
    if width != layout.width {
        let stated = layout.width;
        return Err(Error::damaged(format!(
            "the data of an image is {width} pixels wide, not {stated}"
        )));
    }
    let mut lines = data.chunks_exact((width as usize).saturating_mul(channels).max(1));
    for y in 0..layout.height {
        match lines.next() {
            Some(line) => put(canvas, y, line)?,
            None => {
                let message =
                    format!("the data of an image ends after {height} of {} rows", layout.height);
                return Err(Error::damaged(message));
            }
        }
    }
    Ok(())
}

fn transparent(picture: &ImageData, alpha: &LumaData, canvas: &mut Canvas<'_>) -> Result<()> {
    let (data, channels) = match picture {
        ImageData::Rgb(rgb) => (&rgb.data, 3),
        ImageData::Luma(luma) => (&luma.data, 1),
    };
    let size = (picture.width(), picture.height());
    let mut row = Vec::new();
    rows(data, size, channels, canvas, |canvas, y, colours| {
        row.clear();
        let above = u64::from(y) * u64::from(alpha.height) / u64::from(size.1.max(1));
        let line = (above as usize).saturating_mul(alpha.width as usize);
        let line = alpha.data.get(line..).unwrap_or_default();
        for (x, pixel) in colours.chunks_exact(channels).enumerate() {
            let at = x as u64 * u64::from(alpha.width) / u64::from(size.0.max(1));
            let colour = match pixel {
                [gray] => [*gray; 3],
                [r, g, b, ..] => [*r, *g, *b],
                _ => [0; 3],
            };
            row.extend(colour);
            row.push(line.get(at as usize).copied().unwrap_or(255));
        }
        canvas.put(y, PixelFormat::Abgr8888, &row)
    })
}
