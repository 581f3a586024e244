//! The ABI of the library as built, held against the committed description of the last release.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::library;
use crate::run::{Outcome, folder, output, program, root, target};

/// What one soname stands for. A release with another one gets a file of its own.
const DESCRIPTION: &str = "tests/abi/dio-0.1.txt";

/// Compares, or writes the description: `bless` what was added, `bless breaking` also what was changed.
pub fn run(words: &[String]) -> Outcome {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [] => check().map(|note| println!("{note}")),
        ["bless"] => bless(false),
        ["bless", "breaking"] => bless(true),
        _ => Err("usage: cargo xtask abi [bless [breaking]]".into()),
    }
}

/// Headers that programs were compiled against, in folders of their versions.
const KEPT_HEADERS: &str = "tests/abi";

/// Fails at any difference, which is to be looked at and blessed.
pub fn check() -> Outcome<String> {
    let fresh = describe()?;
    let headers = kept_headers()?;
    for header in &headers {
        hold_to(header, &fresh)?;
    }
    let kept = parse(&fs::read_to_string(root().join(DESCRIPTION)).unwrap_or_default());
    let difference = compare(&kept, &fresh);
    if !difference.breaking.is_empty() {
        return Err(format!(
            "these break programs that were built before, within one soname (docs/ABI.md):\n  {}",
            difference.breaking.join("\n  ")
        ));
    }
    if !difference.added.is_empty() {
        return Err(format!(
            "the ABI has grown; if that is meant: cargo xtask abi bless\n  {}",
            difference.added.join("\n  ")
        ));
    }
    Ok(format!("{} facts, {} kept headers", fresh.len(), headers.len()))
}

fn kept_headers() -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(root().join(KEPT_HEADERS)).map_err(|error| error.to_string())?;
    let headers = entries.flatten().map(|entry| entry.path().join("dio.h"));
    let mut headers: Vec<PathBuf> = headers.filter(|header| header.exists()).collect();
    headers.sort();
    Ok(headers)
}

/// What a program took from an earlier header is still so, and its structs are the beginnings of today's.
fn hold_to(header: &Path, fresh: &Facts) -> Outcome {
    let difference = compare(&declared(header)?, fresh);
    if difference.breaking.is_empty() {
        return Ok(());
    }
    let list = difference.breaking.join("\n  ");
    Err(format!("programs compiled against {} would break:\n  {list}", header.display()))
}

fn bless(breaking: bool) -> Outcome {
    let fresh = describe()?;
    let path = root().join(DESCRIPTION);
    let kept = parse(&fs::read_to_string(&path).unwrap_or_default());
    let difference = compare(&kept, &fresh);
    if !breaking && !difference.breaking.is_empty() {
        let list = difference.breaking.join("\n  ");
        return Err(format!(
            "these break programs that were built before:\n  {list}\n\
             They need another soname, or, before the first release, cargo xtask abi bless breaking"
        ));
    }
    let lines: Vec<String> =
        fresh.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
    fs::write(&path, lines.concat()).map_err(|error| format!("{}: {error}", path.display()))
}

/// What is promised, and how: `size DIO_ImageInfo` = `112`.
type Facts = BTreeMap<String, String>;

struct Difference {
    breaking: Vec<String>,
    added: Vec<String>,
}

fn parse(text: &str) -> Facts {
    let facts = text.lines().filter_map(|line| line.split_once(" = "));
    facts.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Nothing goes or changes; structs get longer.
fn compare(kept: &Facts, fresh: &Facts) -> Difference {
    let mut difference = Difference { breaking: Vec::new(), added: Vec::new() };
    for (key, old) in kept {
        match fresh.get(key) {
            Some(new) if new == old => {}
            Some(new) if key.starts_with("size ") && longer(old, new) => {
                difference.added.push(format!("{key}: {old} before, {new} now"));
            }
            Some(new) => difference.breaking.push(format!("{key}: {old} before, {new} now")),
            None => difference.breaking.push(format!("{key}: is gone")),
        }
    }
    let added = fresh.iter().filter(|(key, _)| !kept.contains_key(*key));
    difference.added.extend(added.map(|(key, value)| format!("{key} = {value}")));
    difference
}

fn longer(old: &str, new: &str) -> bool {
    matches!((old.parse::<u64>(), new.parse::<u64>()), (Ok(old), Ok(new)) if old < new)
}

fn describe() -> Outcome<Facts> {
    library::build()?;
    let mut facts = declared(&root().join("include/dio.h"))?;
    no_padding(&facts)?;
    facts.extend(symbols()?);
    let soname = library::soname(&library::path()).ok_or("libdio has no soname")?;
    facts.insert("soname".into(), soname);
    Ok(facts)
}

/// What a header says.
fn declared(header: &Path) -> Outcome<Facts> {
    let text = fs::read_to_string(header).map_err(|error| error.to_string())?;
    let mut facts = numbers(&text);
    let items = items(&text);
    facts.extend(items.iter().filter_map(|item| function(item)));
    facts.extend(items.iter().filter_map(|item| simple_type(item)));
    let structs: Vec<Struct> = items.iter().filter_map(|item| Struct::parse(item)).collect();
    facts.extend(layouts(header, &structs)?);
    Ok(facts)
}

/// Fields follow each other up to the end of their struct: what lies between them would be nobody's.
fn no_padding(facts: &Facts) -> Outcome {
    let mut taken: BTreeMap<&str, u64> = BTreeMap::new();
    for (key, value) in facts {
        let Some((name, _)) = key.strip_prefix("field ").and_then(|key| key.split_once('.')) else {
            continue;
        };
        let bytes =
            value.split_once(", ").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
        let bytes: u64 = bytes.ok_or_else(|| format!("{key} = {value}"))?;
        *taken.entry(name).or_default() += bytes;
    }
    for (name, bytes) in taken {
        let size = facts.get(&format!("size {name}")).map_or("", String::as_str);
        if size != bytes.to_string() {
            return Err(format!(
                "{name} has {size} bytes, its fields have {bytes}: add a reserved field"
            ));
        }
    }
    Ok(())
}

/// Constants, but for those of the version.
fn numbers(header: &str) -> Facts {
    let defined =
        header.lines().filter_map(|line| line.strip_prefix("#define DIO_")?.split_once(' '));
    let stated = defined.filter(|(name, _)| !name.starts_with("VERSION"));
    let number = |(name, value): (&str, &str)| {
        let value = value.trim_matches(['(', ')']);
        value.parse::<i64>().ok().map(|_| (format!("number DIO_{name}"), value.to_owned()))
    };
    stated.filter_map(number).collect()
}

/// The declarations of the header on a line each, without comments.
fn items(header: &str) -> Vec<String> {
    let mut code = String::new();
    let (mut comment, mut other) = (false, false);
    let mut continued = false;
    for line in header.lines() {
        let text = line.trim();
        comment |= text.starts_with("/*");
        let directive = continued || text.starts_with('#');
        continued = directive && text.ends_with('\\');
        other |= text == "#ifdef __cplusplus";
        if !comment && !directive && !other {
            code.push_str(text);
            code.push(' ');
        }
        other &= !text.starts_with("#endif");
        comment &= !text.ends_with("*/");
    }
    let (mut items, mut item, mut depth) = (Vec::new(), String::new(), 0);
    for letter in code.chars() {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        if letter == ';' && depth == 0 {
            let words = item.replace("DIO_API", "").replace("struct ", "");
            items.push(words.split_whitespace().collect::<Vec<_>>().join(" "));
            item.clear();
        } else {
            item.push(letter);
        }
    }
    items
}

fn function(item: &str) -> Option<(String, String)> {
    let (before, _) = item.split_once('(').filter(|_| !item.starts_with("typedef"))?;
    let name = before.rsplit([' ', '*']).next()?;
    Some((format!("function {name}"), item.to_owned()))
}

/// Numbers and callbacks with a name.
fn simple_type(item: &str) -> Option<(String, String)> {
    let stated = item.strip_prefix("typedef ").filter(|rest| !rest.contains('{'))?;
    let name = match stated.split_once("(*") {
        Some((_, rest)) => rest.split(')').next()?,
        None => stated.rsplit(' ').next()?,
    };
    Some((format!("type {name}"), stated.to_owned()))
}

struct Struct {
    name: String,
    /// Names and types.
    fields: Vec<(String, String)>,
}

impl Struct {
    fn parse(item: &str) -> Option<Self> {
        let (_, rest) = item.strip_prefix("typedef ")?.split_once('{')?;
        let (fields, name) = rest.rsplit_once('}')?;
        let field = |field: &str| {
            let words = field.trim();
            let plain = words.split('[').next()?;
            let name = plain.rsplit([' ', '*']).next().filter(|name| !name.is_empty())?;
            Some((name.to_owned(), words.to_owned()))
        };
        let fields = fields.split(';').filter_map(field).collect();
        Some(Self { name: name.trim().to_owned(), fields })
    }
}

/// Asks the C compiler.
fn layouts(header: &Path, structs: &[Struct]) -> Outcome<Facts> {
    let mut code = format!("#include \"{}\"\n", header.display());
    code += "#include <stdio.h>\nint main(void)\n{\n";
    for Struct { name, fields } in structs {
        code += &format!("    printf(\"size {name} = %zu\\n\", sizeof({name}));\n");
        for (field, stated) in fields {
            let place = format!("offsetof({name}, {field}), sizeof((({name} *)0)->{field})");
            code += &format!(
                "    printf(\"field {name}.{field} = at %zu, %zu bytes: {stated}\\n\", {place});\n"
            );
        }
    }
    code += "    return 0;\n}\n";
    let place = folder(target().join("abi"))?;
    let source: PathBuf = place.join("layouts.c");
    fs::write(&source, code).map_err(|error| error.to_string())?;
    let asks = place.join("layouts");
    library::compile(&source, &asks)?;
    Ok(parse(&output(&mut program(&asks))?))
}

/// What the library exports.
fn symbols() -> Outcome<Facts> {
    let asked = ["-D", "--defined-only", "--format=posix"];
    let listing = output(program("nm").args(asked).arg(library::path()))?;
    let name = |line: &str| {
        let mut words = line.split_whitespace();
        let (name, kind) = (words.next()?, words.next()?);
        Some((format!("symbol {name}"), kind.to_owned()))
    };
    Ok(listing.lines().filter_map(name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(kept: &str, fresh: &str) -> (usize, usize) {
        let difference = compare(&parse(kept), &parse(fresh));
        (difference.breaking.len(), difference.added.len())
    }

    #[test]
    fn structs_grow_and_functions_are_added_and_nothing_else_changes() {
        let kept = "size S = 8\nfield S.a = at 4\nnumber N = 1\nsymbol F = T\n";
        assert_eq!(difference(kept, kept), (0, 0));
        assert_eq!(difference(kept, &kept.replace("= 8", "= 16")), (0, 1));
        assert_eq!(difference(kept, &(kept.to_owned() + "symbol G = T\n")), (0, 1));
        for breaking in [
            kept.replace("= 8", "= 4"),
            kept.replace("at 4", "at 0"),
            kept.replace("N = 1", "N = 2"),
            kept.replace("symbol F = T\n", ""),
        ] {
            assert_eq!(difference(kept, &breaking), (1, 0), "{breaking}");
        }
    }

    #[test]
    fn padding_is_found() {
        let struct_of = |size: u32| {
            parse(&format!(
                "size S = {size}\nfield S.a = at 0, 4 bytes: int a\nfield S.b = at 8, 8 bytes: int64_t b\n"
            ))
        };
        assert!(no_padding(&struct_of(12)).is_ok());
        assert!(no_padding(&struct_of(16)).unwrap_err().contains("reserved"));
    }

    #[test]
    fn a_header_is_taken_apart() {
        let header = "/* one; */\n#define DIO_A (-3)\n#define DIO_B { \\\n  1; }\ntypedef struct DIO_S {\n    /**\n     * x\n     */\n    \
                      uint32_t n;\n    char name[16];\n} DIO_S;\n#ifdef __cplusplus\nextern \"C\" {\n#endif // __cplusplus\n\
                      DIO_API\nint32_t DIO_F(const struct DIO_S *s,\n    int n);\n";
        assert_eq!(numbers(header).get("number DIO_A").unwrap(), "-3");
        let items = items(header);
        assert_eq!(items.len(), 2, "{items:?}");
        let parsed = Struct::parse(&items[0]).unwrap();
        assert_eq!((parsed.name.as_str(), parsed.fields.len()), ("DIO_S", 2));
        assert_eq!(parsed.fields[1], ("name".to_owned(), "char name[16]".to_owned()));
        let (name, text) = function(&items[1]).unwrap();
        assert_eq!(name, "function DIO_F");
        assert_eq!(text, "int32_t DIO_F(const DIO_S *s, int n)");
    }
}
