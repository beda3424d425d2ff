//! A scripted forge: an HTTP server on loopback that keeps comments and serves files, for scripts that talk to one.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// What it keeps.
#[derive(Default)]
pub struct Kept {
    /// Comments by id: who wrote them, and what they say.
    pub comments: BTreeMap<u64, (String, String)>,
    /// Files by path.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What was asked for: method and path.
    pub asked: Vec<String>,
}

/// The forge; it ends with the test's process.
pub struct Forge {
    /// Where it listens, without a slash at its end.
    pub url: String,
    kept: Arc<Mutex<Kept>>,
}

/// Who writes through the API.
pub const AUTHOR: &str = "github-actions[bot]";

impl Forge {
    /// Starts one that keeps this.
    pub fn keeping(kept: Kept) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let kept = Arc::new(Mutex::new(kept));
        let shared = Arc::clone(&kept);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(&stream.expect("a connection"), &shared);
            }
        });
        Self { url, kept }
    }

    /// Looks at what it keeps.
    pub fn look<T>(&self, look: impl FnOnce(&Kept) -> T) -> T {
        look(&self.kept.lock().expect("no handler panicked"))
    }
}

fn answer(stream: &TcpStream, kept: &Mutex<Kept>) {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    reader.read_line(&mut line).expect("a request");
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).expect("a header");
        if header.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let (status, body) = handle(&mut kept.lock().expect("no handler panicked"), &method, &path, &body);
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let mut stream = stream;
    // A client that has hung up has what it wanted.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

fn handle(kept: &mut Kept, method: &str, path: &str, body: &[u8]) -> (&'static str, Vec<u8>) {
    kept.asked.push(format!("{method} {path}"));
    let said = || serde_json::from_slice::<Value>(body).expect("JSON")["body"].as_str().expect("a body").to_owned();
    let (place, query) = path.split_once('?').unwrap_or((path, ""));
    let number = |name: &str| {
        let found = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        found.map_or(1, |value| value.parse::<usize>().expect("a number"))
    };
    match (method, place.strip_prefix("/repos/octo/shop/issues/")) {
        ("GET", Some("7/comments")) => {
            let (size, page) = (number("per_page"), number("page"));
            let comment = |(id, (author, body)): (&u64, &(String, String))| json!({ "id": id, "user": { "login": author }, "body": body });
            let page: Vec<_> = kept.comments.iter().skip(size * (page - 1)).take(size).map(comment).collect();
            ("200 OK", Value::Array(page).to_string().into_bytes())
        }
        ("POST", Some("7/comments")) => {
            let id = kept.comments.keys().last().map_or(1, |last| last + 1);
            kept.comments.insert(id, (AUTHOR.to_owned(), said()));
            ("201 Created", b"{}".to_vec())
        }
        ("PATCH", Some(comment)) => {
            let id: u64 = comment.strip_prefix("comments/").and_then(|id| id.parse().ok()).expect("an id");
            match kept.comments.get_mut(&id) {
                Some((author, body)) if author == AUTHOR => {
                    *body = said();
                    ("200 OK", b"{}".to_vec())
                }
                _ => ("403 Forbidden", b"{}".to_vec()),
            }
        }
        ("GET", None) => match kept.files.get(place) {
            Some(file) => ("200 OK", file.clone()),
            None => ("404 Not Found", Vec::new()),
        },
        _ => ("404 Not Found", b"{}".to_vec()),
    }
}
