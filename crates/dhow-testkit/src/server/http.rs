//! As much of HTTP/1.1 as a sparse registry needs: one request read, one response written, connections kept open.

use std::io::{self, BufRead, Read, Write};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(super) struct HttpRequest {
    pub(super) method: String,
    /// Percent-decoded, without the query.
    pub(super) path: String,
    /// What stands behind the `?`, as it was sent.
    pub(super) query: String,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl HttpRequest {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

pub(super) struct HttpResponse {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl HttpResponse {
    pub(super) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    pub(super) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Writes head and body in one piece; `sent` is how much of the body really goes out.
    pub(super) fn write(&self, stream: &mut impl Write, head_only: bool, sent: usize) -> io::Result<()> {
        let mut lines = vec![format!("HTTP/1.1 {} {}", self.status, reason(self.status))];
        let headers = self.headers.iter();
        lines.extend(headers.map(|(name, value)| format!("{name}: {value}")));
        if self.status != 304 {
            lines.push(format!("Content-Length: {}", self.body.len()));
        }
        let mut bytes = (lines.join("\r\n") + "\r\n\r\n").into_bytes();
        if !head_only && self.status != 304 {
            bytes.extend_from_slice(&self.body[..sent.min(self.body.len())]);
        }
        stream.write_all(&bytes)?;
        stream.flush()
    }

    /// Sends it byte by byte, until it is whole or nobody listens any more.
    pub(super) fn drip(&self, stream: &mut impl Write, pause: Duration) -> io::Result<()> {
        self.write(stream, false, 0)?;
        for byte in &self.body {
            thread::sleep(pause);
            stream.write_all(&[*byte])?;
        }
        Ok(())
    }
}

/// Reads one request; `None` when the other side has closed.
pub(super) fn read_request(stream: &mut impl BufRead) -> io::Result<Option<HttpRequest>> {
    let Some(start) = read_line(stream)? else {
        return Ok(None);
    };
    let mut words = start.split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err(io::Error::other("not an HTTP request"));
    };
    let mut headers = Vec::new();
    while let Some(line) = read_line(stream)?.filter(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = HttpRequest {
        method: method.into(),
        path: percent_decoded(path),
        query: query.into(),
        headers,
        body: Vec::new(),
    };
    if request.header("transfer-encoding") == Some("chunked") {
        request.body = read_chunks(stream)?;
    } else {
        let length = request.header("content-length").and_then(|n| n.parse().ok());
        stream.take(length.unwrap_or(0)).read_to_end(&mut request.body)?;
    }
    Ok(Some(request))
}

fn read_chunks(stream: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = read_line(stream)?.unwrap_or_default();
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(io::Error::other)?;
        stream.take(size).read_to_end(&mut body)?;
        // The line end behind a chunk; behind the last one, the empty line that ends the trailers.
        while read_line(stream)?.is_some_and(|line| size == 0 && !line.is_empty()) {}
        if size == 0 {
            return Ok(body);
        }
    }
}

fn read_line(stream: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}

pub(super) fn percent_decoded(path: &str) -> String {
    let mut pieces = path.split('%');
    let mut out = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        match piece.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                out.extend_from_slice(&piece.as_bytes()[2..]);
            }
            None => {
                out.push(b'%');
                out.extend_from_slice(piece.as_bytes());
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        304 => "Not Modified",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        410 => "Gone",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Fixture",
    }
}

/// A time as `Last-Modified` writes it.
pub(super) fn http_date(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let days = seconds / 86_400;
    let (year, month, day) = civil_date(days);
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][(days % 7) as usize];
    let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        [month as usize - 1];
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    format!("{weekday}, {day:02} {month} {year} {hours:02}:{minutes:02}:{:02} GMT", seconds % 60)
}

/// Year, month and day of a count of days since 1970 (Gregorian, years counted from March).
fn civil_date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn dates_are_written_as_http_wants_them() {
        for (seconds, text) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
        ] {
            assert_eq!(http_date(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn chunks_are_put_together() {
        let text = b"POST /a?b=c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\nPOST /next H\r\n\r\n";
        let mut stream = text.as_slice();
        let request = read_request(&mut stream).unwrap().unwrap();
        assert_eq!((request.path.as_str(), request.query.as_str()), ("/a", "b=c"));
        assert_eq!(request.body, b"abcde");
        assert_eq!(read_request(&mut stream).unwrap().unwrap().path, "/next");
    }

    #[test]
    fn a_request_is_read_to_its_end() {
        let text = b"PUT /dl/a/1.0.0%2bx/download?q HTTP/1.1\r\nIf-None-Match: \"e\"\r\nContent-Length: 2\r\n\r\nhiGET";
        let request = read_request(&mut text.as_slice()).unwrap().unwrap();
        assert_eq!(request.path, "/dl/a/1.0.0+x/download");
        assert_eq!(request.header("if-none-match"), Some("\"e\""));
        assert_eq!(request.body, b"hi");
        assert!(read_request(&mut [].as_slice()).unwrap().is_none());
    }
}
