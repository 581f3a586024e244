//! What leads to the same pixels.

use std::fmt::Debug;

use super::*;

fn assert_near(a: &[u8], b: &[u8], most: u8, what: impl Debug) {
    assert_eq!(a.len(), b.len(), "{what:?}");
    let worst = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
    assert!(worst <= most, "{what:?}: off by {worst}");
}

#[test]
fn a_strip_may_be_a_stream() {
    let own = colours(Subsampling::None);
    let theirs = reader::read(Source::from_bytes(own.file.clone()), &ReadOptions::default());
    assert_near(&plain(&own), theirs.unwrap().pixels(), 3, "colours");
    let gray = jpeg(&picture(SIZE.0, 0, SIZE.1, PixelFormat::Gray8), Subsampling::None);
    let theirs = reader::read(Source::from_bytes(gray.file.clone()), &ReadOptions::default());
    let theirs = theirs.unwrap();
    let mut tiff = Tiff::new(SIZE.0, SIZE.1, 1, 1);
    tiff.strips(SIZE.1, &[&gray.file]);
    assert_near(&tiff.read(), theirs.pixels(), 1, "gray");
    let mut tiff = Tiff::new(SIZE.0, SIZE.1, 0, 1);
    tiff.strips(SIZE.1, &[gray.data()]);
    tiff.tables(&gray, 1);
    let inverted: Vec<u8> = theirs.pixels().iter().map(|gray| 255 - gray).collect();
    assert_near(&tiff.read(), &inverted, 1, "gray, 0 is white");
}

#[test]
fn one_stream_may_be_reached_in_many_ways() {
    for subsampling in [Subsampling::None, Subsampling::Horizontal, Subsampling::Both] {
        let jpeg = colours(subsampling);
        let wanted = plain(&jpeg);
        let (header, file, len) = (jpeg.header().len(), &jpeg.file, jpeg.file.len() as u32);
        let mut layouts: Vec<(&str, Tiff)> = Vec::new();
        let mut with = |name, make: &dyn Fn(&mut Tiff)| {
            let mut tiff = page();
            make(&mut tiff);
            layouts.push((name, tiff));
        };
        with("without strips", &|tiff| {
            tiff.interchange(file);
        });
        with("with a strip within it", &|tiff| {
            let at = tiff.interchange(file);
            tiff.set(tags::STRIP_OFFSETS, LONG, &[at + header as u32]);
            tiff.set(tags::STRIP_BYTE_COUNTS, LONG, &[len - header as u32]);
        });
        with("with the strip as the stream", &|tiff| {
            let at = tiff.interchange(file);
            tiff.set(tags::STRIP_OFFSETS, LONG, &[at]);
            tiff.set(tags::STRIP_BYTE_COUNTS, LONG, &[len]);
        });
        with("with strips that are wrong", &|tiff| {
            tiff.interchange(file);
            tiff.set(tags::STRIP_OFFSETS, LONG, &[5, u32::MAX, 0]);
            tiff.set(tags::STRIP_BYTE_COUNTS, LONG, &[0, 7, u32::MAX]);
            tiff.set(tags::ROWS_PER_STRIP, LONG, &[32]);
        });
        with("too short, going on in strips", &|tiff| {
            let at = tiff.interchange(file);
            tiff.set(tags::JPEG_INTERCHANGE_FORMAT_LENGTH, LONG, &[header as u32 + 100]);
            tiff.set(tags::STRIP_OFFSETS, LONG, &[at + header as u32]);
            tiff.set(tags::STRIP_BYTE_COUNTS, LONG, &[len - header as u32]);
        });
        with("without SOI and EOI", &|tiff| {
            tiff.interchange(&file[2..file.len() - 2]);
        });
        with("the header alone", &|tiff| {
            tiff.interchange(jpeg.header());
            tiff.strips(SIZE.1, &[jpeg.data()]);
        });
        with("the header with its end", &|tiff| {
            tiff.interchange(&[jpeg.header(), &[0xff, EOI]].concat());
            tiff.strips(SIZE.1, &[jpeg.data()]);
        });
        with("the header up to SOF, and tags", &|tiff| {
            let scan = 2 + 2 + 1 + 6 + 3;
            tiff.interchange(&jpeg.header()[..header - scan]);
            tiff.strips(SIZE.1, &[jpeg.data()]);
        });
        with("strips as parts of a stream", &|tiff| {
            let parts: Vec<&[u8]> = file.chunks(file.len().div_ceil(5)).collect();
            tiff.strips(16, &parts);
        });
        for (name, tiff) in layouts {
            assert!(tiff.read() == wanted, "{subsampling:?}: {name}");
            let tiff = tiff.without(tags::JPEG_INTERCHANGE_FORMAT_LENGTH);
            if name != "too short, going on in strips" && !name.starts_with("the header") {
                assert!(tiff.read() == wanted, "{subsampling:?}: {name}, no length");
            }
            let mut tiff = tiff;
            // The stream knows better.
            tiff.set(tags::YCBCR_SUBSAMPLING, SHORT, &[4, 3]);
            tiff.set(tags::PHOTOMETRIC, SHORT, &[2]);
            tiff = tiff.without(tags::BITS_PER_SAMPLE).without(tags::SAMPLES_PER_PIXEL);
            if name != "too short, going on in strips" && !name.starts_with("the header") {
                assert!(tiff.read() == wanted, "{subsampling:?}: {name}, wrong tags");
            }
        }
    }
}

#[test]
fn tags_may_have_the_tables() {
    for subsampling in [Subsampling::None, Subsampling::Horizontal, Subsampling::Both] {
        let jpeg = colours(subsampling);
        let wanted = plain(&jpeg);
        let mut tiff = page();
        tiff.set(tags::YCBCR_SUBSAMPLING, SHORT, &factors(subsampling));
        tiff.strips(SIZE.1, &[jpeg.data()]);
        let mut others = page();
        others.fields = tiff.fields.clone();
        others.data = tiff.data.clone();
        tiff.tables(&jpeg, 3);
        assert!(tiff.read() == wanted, "{subsampling:?}");
        // As a stream without picture.
        others.interchange(&jpeg.tables());
        assert!(others.read() == wanted, "{subsampling:?}, in a stream");
        let mut others = others.without(tags::JPEG_INTERCHANGE_FORMAT);
        let at = others.add(&jpeg.tables());
        others.set(tags::JPEG_TABLES, 7, &[]);
        others.fields.retain(|(tag, ..)| *tag != tags::JPEG_TABLES);
        others.set(tags::JPEG_INTERCHANGE_FORMAT, LONG, &[at]);
        assert!(others.read() == wanted, "{subsampling:?}, in a stream at the end");
    }
}

#[test]
fn strips_are_streams_or_data_alone() {
    let rows = 16;
    for subsampling in [Subsampling::None, Subsampling::Horizontal, Subsampling::Both] {
        let strips = in_strips(SIZE, rows, subsampling);
        let mut wanted = Vec::new();
        for (strip, top) in strips.iter().zip((0..).step_by(rows as usize)) {
            let mut tiff = Tiff::new(SIZE.0, rows.min(SIZE.1 - top), 6, 3);
            tiff.strips(rows, &[&strip.file]);
            wanted.extend(tiff.read());
        }
        let data: Vec<&[u8]> = strips.iter().map(Jpeg::data).collect();
        let files: Vec<&[u8]> = strips.iter().map(|strip| strip.file.as_slice()).collect();
        let check = |name: &str, make: &dyn Fn(&mut Tiff)| {
            let mut tiff = page();
            tiff.set(tags::YCBCR_SUBSAMPLING, SHORT, &factors(subsampling));
            make(&mut tiff);
            assert!(tiff.read() == wanted, "{subsampling:?}: {name}");
        };
        check("streams", &|tiff| tiff.strips(rows, &files));
        check("streams that claim the height of the page", &|tiff| {
            let claim = |file: &&[u8]| {
                let mut file = file.to_vec();
                let at = file.windows(2).position(|two| two == [0xff, SOF0]).unwrap();
                file[at + 6] = SIZE.1 as u8;
                file
            };
            let files: Vec<Vec<u8>> = files.iter().map(claim).collect();
            tiff.strips(rows, &files.iter().map(Vec::as_slice).collect::<Vec<_>>());
        });
        check("data and tags", &|tiff| {
            tiff.strips(rows, &data);
            tiff.tables(&strips[0], 3);
        });
        check("data and the header of a strip", &|tiff| {
            tiff.interchange(strips[0].header());
            tiff.strips(rows, &data);
        });
        check("data between restart markers", &|tiff| {
            let marked =
                |(at, data): (usize, &&[u8])| [data, &[0xff, 0xd0 + at as u8][..]].concat();
            let marked: Vec<Vec<u8>> = data.iter().enumerate().map(marked).collect();
            tiff.strips(rows, &marked.iter().map(Vec::as_slice).collect::<Vec<_>>());
            tiff.tables(&strips[0], 3);
        });
        check("data after restart markers", &|tiff| {
            let marked = |(at, data): (usize, &&[u8])| match at {
                0 => data.to_vec(),
                _ => [&[0xff, 0xd0 + at as u8 - 1], *data].concat(),
            };
            let marked: Vec<Vec<u8>> = data.iter().enumerate().map(marked).collect();
            tiff.strips(rows, &marked.iter().map(Vec::as_slice).collect::<Vec<_>>());
            tiff.tables(&strips[0], 3);
        });
        check("a whole stream with restart markers", &|tiff| {
            let mcus = SIZE.0.div_ceil(8 * factors(subsampling)[0])
                * rows.div_ceil(8 * factors(subsampling)[1]);
            let mut stream = strips[0].header().to_vec();
            let at = stream.windows(2).position(|two| two == [0xff, SOF0]).unwrap();
            stream[at + 6] = SIZE.1 as u8;
            stream.splice(2..2, [0xff, 0xdd, 0, 4, 0, mcus as u8]);
            let (mut places, mut lens) = (Vec::new(), Vec::new());
            for (at, data) in data.iter().enumerate() {
                if at > 0 {
                    stream.extend([0xff, 0xd0 + at as u8 - 1]);
                }
                places.push((DATA + stream.len()) as u32);
                lens.push(data.len() as u32);
                stream.extend(*data);
            }
            tiff.interchange(&[&stream[..], &[0xff, EOI]].concat());
            tiff.set(tags::ROWS_PER_STRIP, LONG, &[rows]);
            tiff.set(tags::STRIP_OFFSETS, LONG, &places);
            tiff.set(tags::STRIP_BYTE_COUNTS, LONG, &lens);
        });
        check("restart intervals within a strip", &|tiff| {
            let [first, second, rest @ ..] = data.as_slice() else { panic!() };
            let mcus = SIZE.0.div_ceil(8 * factors(subsampling)[0])
                * rows.div_ceil(8 * factors(subsampling)[1]);
            tiff.set(tags::JPEG_RESTART_INTERVAL, SHORT, &[mcus]);
            let join = |a: &[u8], b: &[u8]| [a, &[0xff, 0xd0], b].concat();
            let mut joined = vec![join(first, second)];
            joined.extend(rest.chunks(2).map(|two| match two {
                [a, b] => join(a, b),
                _ => two.concat(),
            }));
            tiff.strips(2 * rows, &joined.iter().map(Vec::as_slice).collect::<Vec<_>>());
            tiff.tables(&strips[0], 3);
        });
    }
}

#[test]
fn tiles_and_planes_are_data_with_tables_of_tags() {
    let tile = |left: u32, top: u32| {
        let whole = picture(128, top, 48, PixelFormat::Rgb888);
        let mut part = ImageData::new(64, 48, PixelFormat::Rgb888).unwrap();
        let rows = whole.pixels().chunks(128 * 3);
        for (to, from) in part.pixels_mut().chunks_mut(64 * 3).zip(rows) {
            to.copy_from_slice(&from[left as usize * 3..][..64 * 3]);
        }
        jpeg(&part, Subsampling::None)
    };
    let tiles = [tile(0, 0), tile(64, 0), tile(0, 48), tile(64, 48)];
    let mut data = page();
    data.set(tags::YCBCR_SUBSAMPLING, SHORT, &[1, 1]);
    data.tiles((64, 48), &tiles.each_ref().map(Jpeg::data));
    data.tables(&tiles[0], 3);
    let mut files = page();
    files.tiles((64, 48), &tiles.each_ref().map(|tile| tile.file.as_slice()));
    assert!(data.read() == files.read());
    let original = picture(SIZE.0, 0, SIZE.1, PixelFormat::Rgb888);
    let mean = |a: &[u8], b: &[u8]| {
        a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>() / a.len() as u64
    };
    let off = mean(&files.read(), original.pixels());
    assert!(off < 12, "off by {off}");

    // Luma and chroma as planes of their own are three gray pictures.
    let planes = [3, 50, 90].map(|top| picture(SIZE.0, top, SIZE.1, PixelFormat::Gray8));
    let encoded = planes.each_ref().map(|plane| jpeg(plane, Subsampling::None));
    let mut tiff = page();
    tiff.set(tags::PLANAR_CONFIGURATION, SHORT, &[2]);
    tiff.set(tags::YCBCR_SUBSAMPLING, SHORT, &[1, 1]);
    tiff.strips(SIZE.1, &encoded.each_ref().map(Jpeg::data));
    tiff.tables(&encoded[0], 3);
    let pixels = tiff.read();
    let luma = |pixel: &[u8]| {
        0.114 * f64::from(pixel[0]) + 0.587 * f64::from(pixel[1]) + 0.299 * f64::from(pixel[2])
    };
    let inside = |pixel: &&[u8]| !pixel.iter().any(|sample| matches!(sample, 0 | 255));
    let both = pixels.chunks(3).zip(planes[0].pixels()).filter(|(pixel, _)| inside(pixel));
    assert!(both.clone().count() > 500);
    let off: f64 = both.clone().map(|(pixel, gray)| (luma(pixel) - f64::from(*gray)).abs()).sum();
    assert!(off / (both.count() as f64) < 6.0);
}

#[test]
fn a_stream_that_says_rgb_is_rgb() {
    let jpeg = colours(Subsampling::None);
    let adobe = [0xff, 0xee, 0, 14, b'A', b'd', b'o', b'b', b'e', 0, 100, 0, 0, 0, 0, 0];
    let mut marked = jpeg.file.clone();
    marked.splice(2..2, adobe);
    let mut tiff = page();
    tiff.set(tags::PHOTOMETRIC, SHORT, &[2]);
    tiff.interchange(&marked);
    let rgb = tiff.read();
    // The first component is luma, and shown as red.
    let gray = reader::read(
        Source::from_bytes(jpeg.file.clone()),
        &ReadOptions { pixel_format: Some(PixelFormat::Gray8), ..ReadOptions::default() },
    );
    let red: Vec<u8> = rgb.chunks(3).map(|pixel| pixel[2]).collect();
    assert_near(&red, gray.unwrap().pixels(), 2, "red");
    tiff.interchange(&jpeg.file);
    assert!(tiff.read() == plain(&jpeg));
}
