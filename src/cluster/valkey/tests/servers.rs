//! Real servers for tests: started when first needed, gone with the process that started them.
//!
//! `VALKEY_SERVER` and `REDIS_SERVER` name the programs; without them, the scripts that install them
//! are asked.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Longer than anything takes that is not broken.
const PATIENCE: Duration = Duration::from_secs(30);

/// Keeps a server until this process ends, however it ends: then the keeper reads the end of its
/// input. The first line that it prints is the id of the server.
const KEEPER: &str =
    r#""$0" "$@" >log 2>&1 & pid=$!; echo $pid; cat >/dev/null; kill -9 $pid; wait $pid"#;

/// Which program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    Valkey,
    Redis,
}

impl Program {
    fn path(self) -> String {
        let (variable, script) = match self {
            Self::Valkey => ("VALKEY_SERVER", "scripts/install-valkey"),
            Self::Redis => ("REDIS_SERVER", "scripts/install-redis"),
        };
        if let Ok(path) = std::env::var(variable) {
            return path;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
        let output = Command::new(&script).output().unwrap_or_else(|error| {
            panic!("{variable} is not set, and {} cannot be run: {error}", script.display())
        });
        assert!(output.status.success(), "{} failed", script.display());
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

/// A running server.
pub(crate) struct Server {
    program: Program,
    options: Vec<String>,
    pub(crate) port: u16,
    pid: u32,
    keeper: Child,
    pub(crate) dir: TempDir,
}

/// A port that is free now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Server {
    /// Starts a server that keeps nothing on disk.
    pub(crate) fn start(program: Program) -> Self {
        Self::start_with(program, &[])
    }

    /// Starts a server with more options, each a word of the command line.
    pub(crate) fn start_with(program: Program, options: &[&str]) -> Self {
        let options: Vec<String> = options.iter().map(ToString::to_string).collect();
        // Somebody else may take the port before the server does.
        for _ in 0..3 {
            let (dir, port) = (tempfile::tempdir().unwrap(), free_port());
            let (pid, keeper) = spawn(program, port, &options, dir.path());
            let mut server = Self { program, options: options.clone(), port, pid, keeper, dir };
            if server.is_ready() {
                return server;
            }
            let log = std::fs::read_to_string(server.dir.path().join("log")).unwrap_or_default();
            assert!(log.contains("Address already in use"), "{program:?} does not start: {log}");
        }
        panic!("{program:?} finds no port")
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        drop(self.keeper.stdin.take());
        self.keeper.wait().unwrap();
    }

    /// Starts it again, on the same port with the same files.
    pub(crate) fn start_again(&mut self) {
        (self.pid, self.keeper) = spawn(self.program, self.port, &self.options, self.dir.path());
        assert!(self.is_ready(), "{:?} does not start again", self.program);
    }

    /// SIGSTOP.
    pub(crate) fn stop(&self) {
        self.signal("-STOP");
    }

    /// SIGCONT.
    pub(crate) fn go_on(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.pid.to_string()]).status();
        assert!(status.unwrap().success());
    }

    /// Sends a command, written with blanks between its words.
    pub(crate) fn ask<T: redis::FromRedisValue>(&self, command: &str) -> T {
        self.try_ask(command).unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    fn try_ask<T: redis::FromRedisValue>(&self, command: &str) -> redis::RedisResult<T> {
        let client = redis::Client::open(self.url())?;
        let mut connection = client.get_connection_with_timeout(Duration::from_secs(1))?;
        connection.set_read_timeout(Some(Duration::from_secs(5)))?;
        let mut words = command.split(' ');
        let mut cmd = redis::cmd(words.next().unwrap_or_default());
        for word in words {
            cmd.arg(word);
        }
        cmd.query(&mut connection)
    }

    /// Whether it answers, be it that a password is wanted.
    fn speaks(&self) -> bool {
        match self.try_ask::<String>("PING") {
            Ok(_) => true,
            Err(error) => error.code() == Some("NOAUTH"),
        }
    }

    /// Whether it answers before it ends or patience does.
    fn is_ready(&mut self) -> bool {
        let plain = !self.options.iter().any(|option| option == "--tls-port");
        until(|| {
            let listens = TcpStream::connect(("127.0.0.1", self.port)).is_ok();
            let answers = listens && (!plain || self.speaks());
            answers || !Path::new(&format!("/proc/{}", self.pid)).exists()
        });
        Path::new(&format!("/proc/{}", self.pid)).exists()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(program: Program, port: u16, options: &[String], dir: &Path) -> (u32, Child) {
    let port = port.to_string();
    let tls = options.iter().any(|option| option == "--tls-port");
    let (plain, encrypted) = if tls { ("0", Some(&port)) } else { (&port[..], None) };
    let mut command = Command::new("sh");
    command.args(["-c", KEEPER]).arg(program.path());
    command.args(["--port", plain, "--bind", "127.0.0.1", "--save", ""]);
    for option in options {
        command.arg(option);
        if option == "--tls-port" {
            command.arg(encrypted.unwrap());
        }
    }
    let mut keeper =
        command.current_dir(dir).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (line.trim().parse().unwrap(), keeper)
}

/// Returns when something is so.
pub(crate) fn until(mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "it does not come about");
        std::thread::sleep(Duration::from_millis(10));
    }
}
