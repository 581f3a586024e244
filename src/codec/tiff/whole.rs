//! Fax data of a page as other formats take it over.

use std::sync::Arc;

use super::directory::Container;
use super::page::Page;
use super::tags::{self, compression, photometric};
use crate::codec::Compressed;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::memory;

/// The one strip of a G4 page; `None` for other pages.
pub fn compressed(file: &Container, page: &Page, budget: &Budget) -> Result<Option<Compressed>> {
    let inverted = match page.photometric {
        photometric::WHITE_IS_ZERO => false,
        photometric::BLACK_IS_ZERO => true,
        _ => return Ok(None),
    };
    let options = file.one(&page.directory, tags::T6_OPTIONS)?.unwrap_or(0);
    let plain = page.compression == compression::CCITT_G4
        && (page.bits, page.samples, page.tile) == (1, 1, None)
        && page.rows_per_strip == page.height
        && options & 2 == 0;
    let place = |tag| file.one(&page.directory, tag);
    let (Some(at), Some(len), true) =
        (place(tags::STRIP_OFFSETS)?, place(tags::STRIP_BYTE_COUNTS)?, plain)
    else {
        return Ok(None);
    };
    let cut = || Error::damaged("strip 0 is not within the file");
    if at.checked_add(len).is_none_or(|end| end > file.source().len()) {
        return Err(cut());
    }
    let _booked = budget.reserve(len)?;
    let mut data = memory::zeroed(usize::try_from(len).map_err(|_| cut())?, "a strip")?;
    if file.source().read_at(at, &mut data)? < data.len() {
        return Err(cut());
    }
    if page.reversed {
        data.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
    }
    Ok((len > 0).then(|| Compressed::G4 { data: Arc::new(data), inverted }))
}
