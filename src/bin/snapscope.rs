//! The command line. On the web there is nothing to start.

fn main() -> std::process::ExitCode {
    #[cfg(not(target_family = "wasm"))]
    return snapscope::cli::main();
    #[cfg(target_family = "wasm")]
    std::process::ExitCode::SUCCESS
}
