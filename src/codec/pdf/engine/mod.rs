//! Programs that draw pages. Each is a function `draw(page, geometry, canvas)`; the page fills the canvas exactly.

pub mod hayro;
