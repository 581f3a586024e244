//! Objects as a file spells them (ISO 32000-1, 7.3), strictly, and spelled again the same way.

/// Objects within objects.
const DEPTH: u32 = 64;

/// An object. What nobody looks into keeps the bytes that it has.
#[derive(Clone, Debug, PartialEq)]
pub enum Object {
    /// A number, string, truth or null.
    Plain(Vec<u8>),
    /// A name, without its slash.
    Name(Vec<u8>),
    /// Number and generation.
    Reference(u32, u16),
    /// `[...]`.
    Array(Vec<Object>),
    /// `<<...>>`.
    Dict(Dict),
}

/// Entries in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dict(pub Vec<(Vec<u8>, Object)>);

impl Object {
    /// A whole number that is not negative.
    pub fn number(&self) -> Option<u64> {
        let Self::Plain(bytes) = self else { return None };
        std::str::from_utf8(bytes).ok()?.parse().ok()
    }

    /// Whether it is this name.
    pub fn is_name(&self, name: &[u8]) -> bool {
        matches!(self, Self::Name(own) if own == name)
    }

    /// Spells it.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Plain(bytes) => out.extend_from_slice(bytes),
            Self::Name(name) => out.extend([b"/", &name[..]].concat()),
            Self::Reference(number, generation) => {
                out.extend(format!("{number} {generation} R").into_bytes());
            }
            Self::Array(items) => {
                out.push(b'[');
                for item in items {
                    item.write(out);
                    out.push(b' ');
                }
                out.push(b']');
            }
            Self::Dict(dict) => dict.write(out),
        }
    }
}

impl Dict {
    /// The entry of this name.
    pub fn get(&self, name: &[u8]) -> Option<&Object> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Changes the entry of this name, or adds it.
    pub fn set(&mut self, name: &[u8], value: Object) {
        match self.0.iter_mut().find(|(key, _)| key == name) {
            Some((_, own)) => *own = value,
            None => self.0.push((name.to_vec(), value)),
        }
    }

    /// Spells it.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"<<");
        for (key, value) in &self.0 {
            out.extend([b"/", &key[..], b" "].concat());
            value.write(out);
            out.push(b'\n');
        }
        out.extend_from_slice(b">>");
    }
}

/// Reads objects from bytes. `None` where they are wrong, or cut off.
pub struct Parser<'a> {
    bytes: &'a [u8],
    /// Where it is.
    pub at: usize,
    depth: u32,
}

impl<'a> Parser<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, depth: 0 }
    }

    /// What is left.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Passes over white space and comments.
    pub fn skip(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'%' => {
                    let line = self.rest().iter().position(|byte| matches!(byte, b'\r' | b'\n'));
                    self.at += line.unwrap_or(self.rest().len());
                }
                _ if is_space(byte) => self.at += 1,
                _ => return,
            }
        }
    }

    /// Takes this word, if it is next and ends there.
    pub fn keyword(&mut self, word: &[u8]) -> Option<()> {
        self.skip();
        let after = self.rest().strip_prefix(word)?;
        after.first().is_none_or(|next| !is_regular(*next)).then(|| self.at += word.len())
    }

    /// A whole number that is not negative.
    pub fn number(&mut self) -> Option<u64> {
        self.skip();
        let len = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let digits = std::str::from_utf8(self.rest().get(..len)?).ok()?;
        let number = digits.parse().ok()?;
        self.at += len;
        Some(number)
    }

    /// The next object.
    pub fn object(&mut self) -> Option<Object> {
        self.skip();
        if self.depth > DEPTH {
            return None;
        }
        match (self.peek()?, self.bytes.get(self.at + 1)) {
            (b'/', _) => Some(Object::Name(self.name()?)),
            (b'<', Some(b'<')) => self.within(Self::dict).map(Object::Dict),
            (b'[', _) => self.within(Self::array).map(Object::Array),
            (b'(', _) => self.string(),
            (b'<', _) => {
                let len = self.rest().iter().position(|byte| *byte == b'>')? + 1;
                self.plain(len)
            }
            (byte, _) if is_regular(byte) => self.reference().or_else(|| {
                let len = self.rest().iter().take_while(|byte| is_regular(**byte)).count();
                // A word that touches the end may go on behind it.
                (len < self.rest().len()).then(|| self.plain(len)).flatten()
            }),
            _ => None,
        }
    }

    fn within<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn plain(&mut self, len: usize) -> Option<Object> {
        let bytes = self.rest().get(..len)?.to_vec();
        self.at += len;
        Some(Object::Plain(bytes))
    }

    fn reference(&mut self) -> Option<Object> {
        let start = self.at;
        let mut read = || {
            let number = u32::try_from(self.number()?).ok()?;
            let generation = u16::try_from(self.number()?).ok()?;
            self.keyword(b"R").map(|()| Object::Reference(number, generation))
        };
        let found = read();
        if found.is_none() {
            self.at = start;
        }
        found
    }

    fn name(&mut self) -> Option<Vec<u8>> {
        self.at += 1;
        let len = self.rest().iter().take_while(|byte| is_regular(**byte)).count();
        let name = self.rest().get(..len)?.to_vec();
        self.at += len;
        Some(name)
    }

    fn array(&mut self) -> Option<Vec<Object>> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.skip();
            if self.peek()? == b']' {
                self.at += 1;
                return Some(items);
            }
            items.push(self.object()?);
        }
    }

    fn dict(&mut self) -> Option<Dict> {
        self.at += 2;
        let mut entries = Vec::new();
        loop {
            self.skip();
            if self.rest().starts_with(b">>") {
                self.at += 2;
                return Some(Dict(entries));
            }
            if self.peek()? != b'/' {
                return None;
            }
            let key = self.name()?;
            entries.push((key, self.object()?));
        }
    }

    /// Parentheses within are balanced or have a backslash before them.
    fn string(&mut self) -> Option<Object> {
        let (mut open, mut escaped) = (0u32, false);
        for (at, byte) in self.rest().iter().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
            if open == 0 {
                return self.plain(at + 1);
            }
        }
        None
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !b"()<>[]{}/%".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_spelled_as_they_were() {
        let text = b"<</A(a \\) (b) c)/B[1 0 R -2.5 true<4f>]/C/N%no\n/D<</E null>>>> ";
        let object = Parser::new(text).object().unwrap();
        let mut out = Vec::new();
        object.write(&mut out);
        assert_eq!(Parser::new(&out).object().unwrap(), object);
        let Object::Dict(dict) = object else { panic!() };
        assert_eq!(dict.get(b"A"), Some(&Object::Plain(b"(a \\) (b) c)".to_vec())));
        assert!(dict.get(b"C").unwrap().is_name(b"N"));
        for len in 0..text.len() - 1 {
            assert!(Parser::new(&text[..len]).object().is_none(), "{len}");
        }
        assert!(Parser::new(&b"[".repeat(1000)).object().is_none());
    }
}
