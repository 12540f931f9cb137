//! What is said arrives, in order, in few publications.

use super::*;

/// How often a command was called.
fn calls(server: &Server, command: &str) -> u64 {
    let stats: String = server.ask("INFO commandstats");
    let line = stats.lines().find_map(|l| l.strip_prefix(&format!("cmdstat_{command}:calls=")));
    line.map_or(0, |line| line.split(',').next().unwrap().parse().unwrap())
}

/// How many clients are connected.
fn clients(server: &Server) -> usize {
    server.ask::<String>("CLIENT LIST").lines().count()
}

#[tokio::test]
#[ignore = "starts a server"]
async fn messages_arrive_in_the_order_in_which_they_were_sent() {
    in_order(Program::Valkey).await;
}

#[tokio::test]
#[ignore = "starts a server"]
async fn messages_arrive_in_order_through_redis_7_too() {
    in_order(Program::Redis).await;
}

async fn in_order(program: Program) {
    let server = Server::start(program);
    let (one, other) = (Pod::on(&server.url()).await, Pod::on(&server.url()).await);
    for n in 0..3000 {
        one.say(&other, n);
        other.say(&one, 10_000 + n);
        if n % 100 == 0 {
            sleep(Duration::from_millis(1)).await;
        }
    }
    until("all is heard", || {
        one.heard_from(&other).len() == 3000 && other.heard_from(&one).len() == 3000
    })
    .await;
    assert_eq!(other.heard_from(&one), (0..3000).collect::<Vec<_>>());
    assert_eq!(one.heard_from(&other), (10_000..13_000).collect::<Vec<_>>());
    assert_eq!((one.counted("sent"), one.counted("received")), (3000, 3000));
    assert_eq!((one.counted("dropped"), one.counted("unreadable")), (0, 0));
}

#[tokio::test]
#[ignore = "starts a server"]
async fn under_load_many_messages_share_a_publication() {
    let server = Server::start(Program::Valkey);
    let (one, other) = (Pod::on(&server.url()).await, Pod::on(&server.url()).await);
    for n in 0..2000 {
        one.say(&other, n);
    }
    until("all is heard", || other.heard_from(&one).len() == 2000).await;
    let published = calls(&server, "publish");
    // Four full rounds, and pings for as long as it took.
    assert!((4..200).contains(&published), "{published} publications for 2000 messages");
    until("all is counted", || one.counted("sent") == 2000).await;
    let counted = one.metrics.bus_publishes.get() + other.metrics.bus_publishes.get();
    assert!(counted >= published, "{counted} of {published} publications were counted");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn what_a_pod_says_to_itself_needs_no_server() {
    let server = Server::start(Program::Valkey);
    let pod = Pod::on(&server.url()).await;
    pod.say(&pod, 7);
    assert_eq!(pod.heard_from(&pod), [7]);
    until("it listens still", || pod.metrics.bus_publishes.get() >= 2).await;
    assert_eq!(pod.heard_from(&pod), [7]);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn every_pod_hears_an_announcement_once() {
    let server = Server::start(Program::Valkey);
    let (one, other) = (Pod::on(&server.url()).await, Pod::on(&server.url()).await);
    let made = [made(), made()];
    for made in &made {
        one.bus.announce(made.clone());
    }
    // What is said after it is heard after it: so an echo would have been there by now.
    until("it is heard", || other.heard.announced.lock().unwrap().len() == 2).await;
    until("its echo is read", || one.counted("received") == 2).await;
    assert_eq!(*other.heard.announced.lock().unwrap(), made);
    assert_eq!(*one.heard.announced.lock().unwrap(), made);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_full_queue_drops_what_is_new_and_never_waits() {
    let server = Server::start(Program::Valkey);
    let (one, other) = (Pod::on(&server.url()).await, Pod::on(&server.url()).await);
    // Nothing else runs on this thread meanwhile, so nothing is taken from the queue.
    for n in 0..20_000 {
        one.say(&other, n);
    }
    assert_eq!(one.counted("dropped"), 20_000 - 16_384);
    until("all is counted", || one.counted("sent") + one.counted("dropped") == 20_000).await;
    let sent = usize::try_from(one.counted("sent")).unwrap();
    until("what was sent is heard", || other.heard_from(&one).len() == sent).await;
    let heard = other.heard_from(&one);
    assert!(heard.is_sorted() && heard.iter().all(|n| *n < 16_384));
    // It works on.
    until_they_hear(&one, &other).await;
}

#[tokio::test]
#[ignore = "starts a server"]
async fn the_lag_is_measured() {
    let server = Server::start(Program::Valkey);
    let pod = Pod::on(&server.url()).await;
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &pod.metrics.registry()).unwrap();
    let counted =
        text.lines().find_map(|line| line.strip_prefix("overcookied_bus_lag_seconds_count "));
    assert!(counted.unwrap().parse::<u64>().unwrap() >= 1);
}

struct Fragile;

impl Inbox for Fragile {
    fn receive(&self, _: PodId, _: BusMessage) {
        panic!("an inbox breaks: on purpose");
    }

    fn announced(&self, _: MatchMade) {}
}

#[tokio::test]
#[ignore = "starts a server"]
async fn an_inbox_that_panics_stops_the_bus_and_that_can_be_seen() {
    let server = Server::start(Program::Valkey);
    let one = Pod::on(&server.url()).await;
    let valkey = valkey(&server.url()).await;
    let fragile = PodId::random();
    let bus = ValkeyBus::start(valkey, fragile, Arc::new(Fragile), Metrics::default());
    bus.works().await;
    let stopped = bus.stopped();
    tokio::pin!(stopped);
    assert!(futures_util::poll!(&mut stopped).is_pending());
    one.bus.send(fragile, saying(1));
    tokio::time::timeout(PATIENCE, stopped).await.expect("it seems to live");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_bus_that_is_dropped_leaves_nothing_behind() {
    let server = Server::start(Program::Valkey);
    let pod = Pod::on(&server.url()).await;
    let before = clients(&server);
    assert!(before >= 2);
    let stopped = pod.bus.stopped();
    drop(pod);
    tokio::time::timeout(PATIENCE, stopped).await.expect("its task lives on");
    until("its connections are closed", || clients(&server) + 2 <= before).await;
}
