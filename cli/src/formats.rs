//! `dio formats`: what this build reads and writes.

use std::process::ExitCode;

use clap::Args;
use dio::codec::{self, Facts, OrientationTag};
use serde_json::{Value, json};

use crate::report;

#[derive(Args)]
pub struct Arguments {
    /// Prints a JSON array
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let facts = || codec::all().map(|codec| codec.facts());
    let text = if arguments.json {
        format!("{:#}\n", facts().map(as_json).collect::<Value>())
    } else {
        let titles = ["FORMAT", "READS", "WRITES", "PAGES", "KEEPS", "EXTENSIONS", "MEDIA TYPE"];
        let rows: Vec<_> =
            std::iter::once(titles.map(String::from)).chain(facts().map(row)).collect();
        report::table(&rows)
    };
    report::exit_code(report::print(&text))
}

fn row(facts: &Facts) -> [String; 7] {
    [
        facts.format.name().into(),
        "yes".into(),
        if facts.writes { "yes" } else { "no" }.into(),
        if facts.multi_page { "many" } else { "one" }.into(),
        kept(facts).join(" "),
        facts.extensions.join(" "),
        facts.media_type.into(),
    ]
}

/// What goes into a written file besides the pixels.
fn kept(facts: &Facts) -> Vec<&'static str> {
    let stores = &facts.stores;
    let kinds = [
        (stores.resolution, "dpi"),
        (stores.orientation != OrientationTag::None, "angle"),
        (stores.icc, "icc"),
        (stores.exif, "exif"),
        (stores.xmp, "xmp"),
    ];
    kinds.into_iter().filter_map(|(kept, name)| kept.then_some(name)).collect()
}

fn as_json(facts: &Facts) -> Value {
    json!({
        "name": facts.format.name(),
        "number": facts.format as i32,
        "extensions": facts.extensions,
        "media_type": facts.media_type,
        "reads": true,
        "writes": facts.writes,
        "multi_page": facts.multi_page,
        "keeps": kept(facts),
    })
}
