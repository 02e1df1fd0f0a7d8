//! Server-sent events (WHATWG HTML, 9.2), from bytes that may be cut anywhere.

/// Maximum size of an event; bytes. No event of a reply is larger.
const MAX_BYTES: usize = 1 << 20;

/// An event. We never reconnect, so its id does not matter.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// Its data.
    pub(super) data: String,
    /// Whether it is named as an error.
    pub(super) is_error: bool,
}

/// Collects events.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
    data: Vec<u8>,
    is_error: bool,
    /// Whether the event has a data line already, perhaps an empty one.
    has_data: bool,
    after_return: bool,
}

/// The stream has an event that is too large.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

impl Events {
    /// Takes the next bytes; returns the events that they complete.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<Vec<Event>, TooLarge> {
        let mut events = Vec::new();
        for &byte in bytes {
            let completes_crlf = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            match byte {
                b'\n' if completes_crlf => {}
                b'\n' | b'\r' => events.extend(self.end_line()),
                _ if self.line.len() + self.data.len() >= MAX_BYTES => return Err(TooLarge),
                _ => self.line.push(byte),
            }
        }
        Ok(events)
    }

    /// The last event, if the stream ended without an empty line after it: some servers omit it.
    pub(super) fn finish(mut self) -> Option<Event> {
        self.end_line().or_else(|| self.end_line())
    }

    fn end_line(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            let is_error = std::mem::take(&mut self.is_error);
            return std::mem::take(&mut self.has_data)
                .then(|| Event { data: String::from_utf8_lossy(&data).into_owned(), is_error });
        }
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
        let value = self.data_of(line)?;
        if std::mem::replace(&mut self.has_data, true) {
            self.data.push(b'\n');
        }
        self.data.extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
        None
    }

    /// The data of a line. Servers also write errors as a field `error`, and JSON without a name.
    fn data_of<'a>(&mut self, line: &'a [u8]) -> Option<&'a [u8]> {
        let error = line.strip_prefix(b"error:");
        let event = line.strip_prefix(b"event:").map(<[u8]>::trim_ascii);
        self.is_error |= error.is_some() || event == Some(b"error");
        let data = line.strip_prefix(b"data:").or((line == b"data").then_some(&[]));
        data.or(error).or_else(|| line.starts_with(b"{").then_some(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(stream: &[u8]) -> Vec<String> {
        let mut events = Events::default();
        let mut found = events.take(stream).unwrap();
        found.extend(events.finish());
        found.into_iter().map(|event| event.data).collect()
    }

    #[test]
    fn data_lines_make_events() {
        let stream = "\u{feff}data: a\n\n: comment\nevent: error\nid: 1\ndata:b\r\ndata: c\r\n\r\n\
            data\n\nretry: 5\n\ndatabase: x\n\ndata:  d\r\rdata: end";
        assert_eq!(all(stream.as_bytes()), ["a", "b\nc", "", " d", "end"]);
        assert!(all(b"").is_empty() && all(b"<html>\n\n</html>").is_empty());
    }

    #[test]
    fn errors_are_named_in_two_ways() {
        let mut events = Events::default();
        let stream =
            b"event: error\ndata: {\"a\":1}\n\nerror: {\"b\":2}\n\ndata: c\n\n{\"d\":3}\n\n";
        let found = events.take(stream).unwrap();
        let found: Vec<_> =
            found.iter().map(|event| (event.data.as_str(), event.is_error)).collect();
        let expected =
            [(r#"{"a":1}"#, true), (r#"{"b":2}"#, true), ("c", false), (r#"{"d":3}"#, false)];
        assert_eq!(found, expected);
    }

    #[test]
    fn an_endless_event_is_refused() {
        let mut events = Events::default();
        assert!(events.take(&vec![b'x'; MAX_BYTES]).unwrap().is_empty());
        assert_eq!(events.take(b"x"), Err(TooLarge));
    }

    proptest! {
        #[test]
        fn cuts_do_not_matter(
            data in proptest::collection::vec("[^\r\n\u{0}]{0,20}", 0..6),
            end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
            cuts in proptest::collection::vec(0_usize..200, 0..8),
        ) {
            let lines: Vec<String> = data.iter().map(|text| format!("data: {text}{end}{end}")).collect();
            let stream = lines.concat();
            let mut events = Events::default();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(stream.len())).collect();
            cuts.extend([0, stream.len()]);
            cuts.sort_unstable();
            let mut found = Vec::new();
            for pair in cuts.windows(2) {
                found.extend(events.take(&stream.as_bytes()[pair[0]..pair[1]]).unwrap());
            }
            let found: Vec<String> = found.into_iter().map(|event| event.data).collect();
            prop_assert_eq!(found, data);
            prop_assert_eq!(events.finish(), None);
        }

        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            all(&bytes);
        }
    }
}
