//! The data of server-sent events (WHATWG HTML, 9.2), from bytes that may be cut anywhere.

/// Maximum size of an event; bytes. No event of a reply is larger.
const MAX_BYTES: usize = 1 << 20;

/// Collects events. Only their data is used: we never reconnect by event id.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
    data: Vec<u8>,
    /// Whether the event has a data line already, perhaps an empty one.
    has_data: bool,
    after_return: bool,
}

/// The stream has an event that is too large.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

impl Events {
    /// Takes the next bytes; returns the data of the events that they complete.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<Vec<String>, TooLarge> {
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
    pub(super) fn finish(mut self) -> Option<String> {
        self.end_line().or_else(|| self.end_line())
    }

    fn end_line(&mut self) -> Option<String> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            return std::mem::take(&mut self.has_data)
                .then(|| String::from_utf8_lossy(&data).into_owned());
        }
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
        let value = line.strip_prefix(b"data:").or((line == b"data").then_some(&[]))?;
        if std::mem::replace(&mut self.has_data, true) {
            self.data.push(b'\n');
        }
        self.data.extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
        None
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
        found
    }

    #[test]
    fn data_lines_make_events() {
        let stream = "\u{feff}data: a\n\n: comment\nevent: error\nid: 1\ndata:b\r\ndata: c\r\n\r\n\
            data\n\nretry: 5\n\ndatabase: x\n\ndata:  d\r\rdata: end";
        assert_eq!(all(stream.as_bytes()), ["a", "b\nc", "", " d", "end"]);
        assert!(all(b"").is_empty() && all(b"<html>\n\n</html>").is_empty());
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
            prop_assert_eq!(found, data);
            prop_assert_eq!(events.finish(), None);
        }

        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            all(&bytes);
        }
    }
}
