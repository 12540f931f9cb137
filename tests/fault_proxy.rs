//! The proxy that breaks things for the chaos tests must break exactly what it is told to, else
//! those tests prove nothing.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../examples/fault_proxy/proxy/mod.rs"]
mod proxy;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use proxy::{Addresses, Proxy};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// Long enough that what should not come would have come.
const A_WHILE: Duration = Duration::from_millis(300);

/// An echo server that counts what it was sent, and a proxy before it.
struct Rig {
    addresses: Addresses,
    /// Bytes that the server has received.
    received: Arc<AtomicU64>,
}

impl Rig {
    async fn start() -> Self {
        let server = TcpListener::bind(ANY).await.unwrap();
        let target = server.local_addr().unwrap();
        let received = Arc::new(AtomicU64::new(0));
        tokio::spawn(echo(server, received.clone()));
        let proxy = Proxy::bind(Addresses { listen: ANY, target, control: ANY }, 7).await.unwrap();
        let addresses = proxy.addresses().unwrap();
        tokio::spawn(proxy.run());
        Self { addresses, received }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.addresses.listen).await.unwrap()
    }

    async fn say(&self, line: &str) -> String {
        let mut control = TcpStream::connect(self.addresses.control).await.unwrap();
        control.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        let read = BufReader::new(control).read_line(&mut answer).await;
        assert!(read.unwrap() > 0, "no answer to {line:?}");
        answer.trim().to_owned()
    }

    async fn tell(&self, line: &str) {
        assert_eq!(self.say(line).await, "ok", "{line}");
    }

    async fn stats(&self) -> serde_json::Value {
        serde_json::from_str(self.say("stats").await.strip_prefix("ok ").unwrap()).unwrap()
    }

    /// Waits until the server has received so many bytes in all.
    async fn receives(&self, bytes: u64) {
        let there = async {
            while self.received.load(Ordering::SeqCst) < bytes {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        timeout(PATIENCE, there).await.expect("the server does not receive it");
    }
}

async fn echo(server: TcpListener, received: Arc<AtomicU64>) {
    while let Ok((mut stream, _)) = server.accept().await {
        let received = received.clone();
        tokio::spawn(async move {
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(count @ 1..) = stream.read(&mut buffer).await {
                received.fetch_add(count as u64, Ordering::SeqCst);
                if stream.write_all(&buffer[..count]).await.is_err() {
                    return;
                }
            }
        });
    }
}

/// One call: sends a word and reads as much back. The error, if the connection ends first.
async fn call(stream: &mut TcpStream, word: &[u8]) -> std::io::Result<Vec<u8>> {
    let exchange = async {
        stream.write_all(word).await?;
        let mut answer = vec![0; word.len()];
        stream.read_exact(&mut answer).await.map(|_| answer)
    };
    timeout(PATIENCE, exchange).await.expect("neither an answer nor an end")
}

/// What comes until the connection ends.
async fn until_the_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("it does not end");
    bytes
}

#[tokio::test]
async fn without_faults_everything_passes_unchanged_and_each_end_of_stream_too() {
    let rig = Rig::start().await;
    let sent: Vec<u8> = (0..4_000_000_u32).map(|i| (i % 251) as u8).collect();
    let (mut read, mut write) = rig.connect().await.into_split();
    let expected = sent.clone();
    let writing = tokio::spawn(async move {
        write.write_all(&sent).await.unwrap();
        write.shutdown().await.unwrap();
    });
    let mut got = Vec::new();
    timeout(PATIENCE, read.read_to_end(&mut got)).await.unwrap().unwrap();
    writing.await.unwrap();
    assert!(got == expected, "{} bytes of {} came back", got.len(), expected.len());
    let stats = rig.stats().await;
    assert_eq!((stats["bytesUp"].as_u64(), stats["bytesDown"].as_u64()), {
        let all = Some(expected.len() as u64);
        (all, all)
    });
}

#[tokio::test]
async fn a_delay_holds_bytes_back_in_its_own_direction() {
    let rig = Rig::start().await;
    let mut stream = rig.connect().await;
    rig.tell("delay up 400").await;
    let began = Instant::now();
    stream.write_all(b"x").await.unwrap();
    rig.receives(1).await;
    assert!(began.elapsed() >= Duration::from_millis(400), "it came too early");
    let mut answer = [0];
    timeout(PATIENCE, stream.read_exact(&mut answer)).await.unwrap().unwrap();

    // Longer than patience: what the server has received by then did not wait on its way up.
    rig.tell("delay up 0").await;
    rig.tell("delay down 60000").await;
    stream.write_all(b"x").await.unwrap();
    rig.receives(2).await;
    let early = timeout(A_WHILE, stream.read_exact(&mut answer)).await;
    assert!(early.is_err(), "the answer did not wait");
}

#[tokio::test]
async fn a_call_whose_answer_is_lost_was_carried_out() {
    let rig = Rig::start().await;
    rig.tell("lose-replies 1").await;
    for calls in 1..=20 {
        let mut stream = rig.connect().await;
        stream.write_all(b"click").await.unwrap();
        assert_eq!(until_the_end(&mut stream).await, b"", "an answer came");
        rig.receives(calls * 5).await;
    }
    assert_eq!(rig.stats().await["lostReplies"], 20);
    rig.tell("heal").await;
    assert_eq!(call(&mut rig.connect().await, b"click").await.unwrap(), b"click");
}

#[tokio::test]
async fn about_one_answer_in_so_many_is_lost() {
    let rig = Rig::start().await;
    rig.tell("lose-replies 10").await;
    let mut lost = 0;
    let mut stream = rig.connect().await;
    for _ in 0..400 {
        if call(&mut stream, b"x").await.is_err() {
            lost += 1;
            stream = rig.connect().await;
        }
    }
    rig.receives(400).await;
    assert!((10..=100).contains(&lost), "{lost} of 400");
    assert_eq!(rig.stats().await["lostReplies"], lost);
}

#[tokio::test]
async fn a_stall_keeps_connections_and_loses_nothing() {
    let rig = Rig::start().await;
    for (way, arrives) in [("up", false), ("down", true), ("both", false)] {
        let mut stream = rig.connect().await;
        assert_eq!(call(&mut stream, b"before").await.unwrap(), b"before");
        let before = rig.received.load(Ordering::SeqCst);
        rig.tell(&format!("stall {way}")).await;
        stream.write_all(b"while").await.unwrap();
        let mut answer = [0; 5];
        let early = timeout(A_WHILE, stream.read_exact(&mut answer)).await;
        assert!(early.is_err(), "{way}: an answer came through");
        if arrives {
            rig.receives(before + 5).await;
        } else {
            assert_eq!(rig.received.load(Ordering::SeqCst), before, "{way}: it was forwarded");
        }
        rig.tell("heal").await;
        timeout(PATIENCE, stream.read_exact(&mut answer)).await.unwrap().unwrap();
        assert_eq!(&answer, b"while");
    }
}

#[tokio::test]
async fn a_stalled_connection_holds_no_more_than_its_bound() {
    let rig = Rig::start().await;
    rig.tell("stall up").await;
    let mut stream = rig.connect().await;
    let piece = vec![1; 64 * 1024];
    // Its queue is one MiB; what is taken on top of that lies in the buffers of the kernel.
    let mut taken = 1024 * 1024;
    timeout(PATIENCE, stream.write_all(&vec![1; taken])).await.unwrap().unwrap();
    while let Ok(written) = timeout(A_WHILE, stream.write(&piece)).await {
        taken += written.unwrap();
        assert!(taken < 64 * 1024 * 1024, "it takes everything");
    }
}

#[tokio::test]
async fn a_cut_resets_what_is_open_and_refuses_what_comes_until_it_is_healed() {
    let rig = Rig::start().await;
    let mut stream = rig.connect().await;
    call(&mut stream, b"x").await.unwrap();
    rig.tell("cut").await;
    assert_eq!(until_the_end(&mut stream).await, b"");
    assert!(call(&mut rig.connect().await, b"x").await.is_err());
    rig.tell("heal").await;
    let mut stream = rig.connect().await;
    assert_eq!(call(&mut stream, b"x").await.unwrap(), b"x");
    assert_eq!(rig.stats().await["cutConnections"], 1);
    assert_eq!(rig.stats().await["refused"], 1);
}

#[tokio::test]
async fn a_cut_that_is_healed_at_once_still_cuts() {
    let rig = Rig::start().await;
    let mut stream = rig.connect().await;
    call(&mut stream, b"x").await.unwrap();
    let mut control = TcpStream::connect(rig.addresses.control).await.unwrap();
    control.write_all(b"cut\nheal\n").await.unwrap();
    assert_eq!(until_the_end(&mut stream).await, b"");
}

#[tokio::test]
async fn a_connection_is_closed_after_exactly_so_many_bytes() {
    let rig = Rig::start().await;
    let mut stream = rig.connect().await;
    call(&mut stream, b"before").await.unwrap();
    rig.tell("cut-after down 3").await;
    stream.write_all(b"abcdef").await.unwrap();
    assert_eq!(until_the_end(&mut stream).await, b"abc");
    rig.tell("cut-after down 0").await;
    assert_eq!(call(&mut rig.connect().await, b"abcdef").await.unwrap(), b"abcdef");

    let before = rig.received.load(Ordering::SeqCst);
    rig.tell("cut-after up 2").await;
    let mut stream = rig.connect().await;
    stream.write_all(b"abcdef").await.unwrap();
    until_the_end(&mut stream).await;
    rig.receives(before + 2).await;
    assert_eq!(rig.received.load(Ordering::SeqCst), before + 2);
}

#[tokio::test]
async fn a_target_that_is_not_there_is_a_refused_connection() {
    let gone = TcpListener::bind(ANY).await.unwrap().local_addr().unwrap();
    let addresses = Addresses { listen: ANY, target: gone, control: ANY };
    let proxy = Proxy::bind(addresses, 0).await.unwrap();
    let listen = proxy.addresses().unwrap().listen;
    tokio::spawn(proxy.run());
    let mut stream = TcpStream::connect(listen).await.unwrap();
    assert!(call(&mut stream, b"x").await.is_err());
}

#[tokio::test]
async fn what_the_control_port_does_not_understand_is_an_error_and_changes_nothing() {
    let rig = Rig::start().await;
    let before = rig.stats().await["faults"].clone();
    let lines = ["", "explode", "delay", "delay up", "delay sideways 5", "delay up soon"];
    let more = ["delay up 60001", "lose-replies -1", "stall", "cut-after up", "cut now"];
    for line in lines.into_iter().chain(more) {
        let answer = rig.say(line).await;
        assert!(answer.starts_with("error "), "{line:?}: {answer}");
    }
    assert_eq!(rig.stats().await["faults"], before);

    let mut control = TcpStream::connect(rig.addresses.control).await.unwrap();
    control.write_all(&[b'x'; 1000]).await.unwrap();
    assert_eq!(until_the_end(&mut control).await, b"", "a line without an end was taken");
}
