//! The real program as a process of its own: started, signalled, limited, and read from.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::helpers::{PATIENCE, STARTS_WITHIN, options};

/// The program. Killed when this is dropped.
pub(crate) struct Process {
    child: Child,
    log: Arc<Mutex<String>>,
    address: watch::Receiver<Option<SocketAddr>>,
}

/// The program with the options of a server on a data directory.
pub(crate) fn program(data_dir: &Path) -> Command {
    let mut command = bare();
    command.args(options(data_dir)).args(crate::helpers::LONG);
    command
}

/// The program without an option, in an environment of its own.
pub(crate) fn bare() -> Command {
    Command::new(env!("CARGO_BIN_EXE_overcookied"))
}

/// The program with the options of a server, started by a shell after a script. The script knows
/// the data directory as `$1`.
pub(crate) fn after(script: &str, data_dir: &Path) -> Command {
    in_shell(Command::new("sh"), script, data_dir)
}

/// The same in a mount namespace of its own: what the script mounts, nobody else sees. `None` where
/// this user may not mount.
pub(crate) async fn after_mounting(script: &str, data_dir: &Path) -> Option<Command> {
    let mut attempt = Command::new("unshare");
    attempt.args(["-m", "sh", "-c", "mount -t tmpfs tmpfs /tmp"]).stderr(Stdio::null());
    if !attempt.status().await.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: this user may not mount a file system");
        return None;
    }
    let mut unshare = Command::new("unshare");
    unshare.args(["-m", "sh"]);
    Some(in_shell(unshare, script, data_dir))
}

fn in_shell(mut shell: Command, script: &str, data_dir: &Path) -> Command {
    shell.arg("-c").arg(format!("set -e; {script}; shift; exec \"$@\"")).arg("sh").arg(data_dir);
    shell.arg(env!("CARGO_BIN_EXE_overcookied"));
    shell.args(options(data_dir)).args(crate::helpers::LONG);
    shell
}

/// Whatever a server was asked, its log must hold no session.
impl Drop for Process {
    fn drop(&mut self) {
        let log = self.log();
        let is_token = |word: &str| {
            let parts: Vec<_> = word.split('.').collect();
            parts.len() == 3 && parts[0].starts_with("eyJ") && parts[2].len() > 40
        };
        let found = log.split(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)));
        let leaks = found.filter(|word| is_token(word)).count();
        assert!(leaks == 0 || std::thread::panicking(), "{leaks} tokens are in the log");
    }
}

impl Process {
    /// Starts a server on a data directory and waits until it is ready.
    pub(crate) async fn serve(data_dir: &Path) -> Self {
        Self::run(program(data_dir)).once_ready().await
    }

    /// Waits until the server is ready.
    pub(crate) async fn once_ready(mut self) -> Self {
        let ready = timeout(STARTS_WITHIN, self.address.wait_for(Option::is_some)).await;
        let is_ready = matches!(ready, Ok(Ok(_)));
        drop(ready);
        assert!(is_ready, "the server does not get ready: {}", self.log());
        self
    }

    /// Runs a command.
    pub(crate) fn run(mut command: Command) -> Self {
        command.env_clear().env("RUST_LOG", "info").env("PATH", std::env::var("PATH").unwrap());
        Self::run_as_it_is(command)
    }

    /// Runs a command in the environment it was given.
    pub(crate) fn run_as_it_is(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.kill_on_drop(true).spawn().expect("the program can be started");
        let log = Arc::new(Mutex::new(String::new()));
        let (found, address) = watch::channel(None);
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let kept = log.clone();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                if line.contains(" ready address=") {
                    let address = line.split("address=").nth(1).unwrap().split(' ').next();
                    let _ = found.send(address.map(|address| address.parse().unwrap()));
                }
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        Self { child, log, address }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address.borrow().expect("it is ready")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("it has not been waited for")
    }

    /// Everything the program has said.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub(crate) async fn signal(&self, name: &str) {
        let kill = Command::new("kill").args(["-s", name, &self.pid().to_string()]).status();
        assert!(kill.await.unwrap().success());
    }

    /// `kill -9`, and the end of it: only then is the data directory free again.
    pub(crate) async fn kill(mut self) {
        self.child.start_kill().unwrap();
        self.ends().await;
    }

    /// Waits for the end.
    async fn ends(&mut self) -> ExitStatus {
        let ended = timeout(PATIENCE, self.child.wait()).await;
        ended.unwrap_or_else(|_| panic!("it does not end: {}", self.log())).unwrap()
    }

    /// Waits for the end, and for everything that was said up to then.
    pub(crate) async fn last_words(mut self) -> (Option<i32>, String) {
        let status = self.ends().await;
        // The pipe is closed: its reader comes to its end, and drops the other side of this.
        let reader = async { while self.address.changed().await.is_ok() {} };
        timeout(PATIENCE, reader).await.expect("the log has an end");
        (status.code(), self.log())
    }
}
