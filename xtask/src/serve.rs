//! Serves a folder on localhost: no special headers, as any plain static host would.

use crate::command;
use anyhow::{Context, Result, anyhow};
use std::fs::File;
use std::path::{Component, Path, PathBuf};
use std::process::Stdio;
use tiny_http::{Header, Request, Response, Server};

/// Serves until stopped. Prints the address, and opens it where there is a screen.
pub fn serve(dist: &Path, port: Option<u16>, open: bool) -> Result<()> {
    let server = listen(port)?;
    let port = server.server_addr().to_ip().map_or(0, |address| address.port());
    let address = format!("http://127.0.0.1:{port}/");
    println!("Snapscope is at {address} (stop with Ctrl-C).");
    if open {
        open_browser(&address);
    }
    for request in server.incoming_requests() {
        answer(request, dist);
    }
    Ok(())
}

fn listen(port: Option<u16>) -> Result<Server> {
    let at = |port: u16| Server::http(("127.0.0.1", port)).map_err(|error| anyhow!("port {port}: {error}"));
    match port {
        Some(port) => at(port),
        None => (8080..8100).find_map(|port| at(port).ok()).context("no port from 8080 to 8099 is free; name one by --port"),
    }
}

fn answer(request: Request, dist: &Path) {
    let Some(path) = file_for(request.url(), dist) else {
        let _ = request.respond(Response::from_string("not found").with_status_code(404));
        return;
    };
    let mime = match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    let header = Header::from_bytes("Content-Type", mime).expect("plain ASCII");
    // A browser that goes away in between is no failure.
    let _ = match File::open(path) {
        Ok(file) => request.respond(Response::from_file(file).with_header(header)),
        Err(_) => request.respond(Response::from_string("not found").with_status_code(404)),
    };
}

/// The file of an address; none outside the folder.
fn file_for(url: &str, dist: &Path) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next().unwrap_or_default().trim_start_matches('/');
    let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    let path = dist.join(path);
    let path = if path.is_dir() { path.join("index.html") } else { path };
    (plain && path.is_file()).then_some(path)
}

fn open_browser(address: &str) {
    let (program, has_screen) = match std::env::consts::OS {
        "macos" => ("open", true),
        "windows" => ("explorer", true),
        _ => ("xdg-open", std::env::var_os("DISPLAY").is_some() || std::env::var_os("WAYLAND_DISPLAY").is_some()),
    };
    if has_screen {
        // No browser is no failure: the address stands above.
        let _ = command(program, &[address]).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    }
}
