//! A DynamoDB for tests: moto's server, as the rigs of several pods have it, started when first
//! needed, gone with the process. Or the one that `DYNAMODB_TEST_ENDPOINT` names: Amazon's DynamoDB
//! Local, for whoever has accepted its licence.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::results::DynamoResults;
use crate::telemetry::Metrics;

/// Longer than anything takes that is not broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// Keeps a server until this process ends, however it ends: then the keeper reads the end of its
/// input. The first line that it prints is the id of the server.
const KEEPER: &str =
    r#""$0" "$@" >/dev/null 2>&1 & pid=$!; echo $pid; cat >/dev/null; kill -9 $pid; wait $pid"#;

struct Moto {
    port: u16,
    _keeper: Child,
}

/// Where DynamoDB is for all tests of this process.
pub(crate) fn endpoint() -> String {
    static MOTO: OnceLock<Moto> = OnceLock::new();
    std::env::var("DYNAMODB_TEST_ENDPOINT")
        .unwrap_or_else(|_| format!("http://127.0.0.1:{}", MOTO.get_or_init(start).port))
}

/// Results in tables that no other test uses.
pub(crate) async fn results() -> DynamoResults {
    let prefix = format!("test-{}-", Uuid::new_v4());
    let results = DynamoResults::at(&endpoint(), &prefix, Metrics::default()).await;
    results.create_tables().await.unwrap();
    results
}

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts");

/// The Python that moto is installed in: the first line of its program names it.
fn python() -> String {
    let program = std::env::var("MOTO_SERVER").unwrap_or_else(|_| {
        let output = Command::new(format!("{SCRIPTS}/install-moto")).output().unwrap();
        assert!(output.status.success(), "MOTO_SERVER is not set, and it cannot be installed");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    });
    let text = std::fs::read_to_string(&program).unwrap();
    let first = text.lines().next().and_then(|line| line.strip_prefix("#!"));
    first.expect("moto_server is a program in Python").trim().to_owned()
}

// The keeper lives as long as this process, and ends with it.
#[allow(clippy::zombie_processes)]
fn start() -> Moto {
    let (python, program) = (python(), format!("{SCRIPTS}/clusterlib/quick_moto.py"));
    // Somebody else may take the port before the server does.
    for _ in 0..3 {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut keeper = Command::new("bash")
            .args(["-c", KEEPER, &python, &program, "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pid = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut pid).unwrap();
        let pid = pid.trim().to_owned();
        let began = Instant::now();
        while began.elapsed() < PATIENCE && Path::new("/proc").join(&pid).exists() {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Moto { port, _keeper: keeper };
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    panic!("{program} does not start")
}
