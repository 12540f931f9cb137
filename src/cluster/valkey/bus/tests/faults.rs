//! Whatever happens to the server or the connections: the bus is back soon after.

use super::*;

async fn two(url: &str) -> (Pod, Pod) {
    let (one, other) = (Pod::on(url).await, Pod::on(url).await);
    until_they_hear(&one, &other).await;
    (one, other)
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_subscription_that_was_cut_is_back() {
    let server = Server::start(Program::Valkey);
    let (one, other) = two(&server.url()).await;
    for round in 1..=3 {
        server.ask::<u64>("CLIENT KILL TYPE pubsub");
        until("it is noticed", || {
            one.resubscriptions() == round && other.resubscriptions() == round
        })
        .await;
        let back = until_they_hear(&one, &other).await;
        assert!(back < BACK, "back after {back:?}");
    }
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_publisher_that_was_cut_is_back() {
    let server = Server::start(Program::Valkey);
    let (one, other) = two(&server.url()).await;
    server.ask::<u64>("CLIENT KILL TYPE normal");
    until("it is noticed", || one.resubscriptions() == 1 && other.resubscriptions() == 1).await;
    let back = until_they_hear(&one, &other).await;
    assert!(back < BACK, "back after {back:?}");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_subscription_that_falls_silent_is_noticed_and_built_anew() {
    let server = Server::start(Program::Valkey);
    let proxy = Proxy::to(server.port).await;
    let (one, other) = two(&proxy.url()).await;
    // Connections stay open, publishing works, and nothing is heard: no error anywhere.
    proxy.mute_subscriptions();
    let start = Instant::now();
    until("it is noticed", || one.resubscriptions() == 1 && other.resubscriptions() == 1).await;
    let noticed = start.elapsed();
    let back = until_they_hear(&one, &other).await;
    println!("silence noticed after {noticed:?}, back {back:?} later");
    assert!(noticed >= Duration::from_millis(1400), "too eager: {noticed:?}");
    assert!(back < BACK, "back after {back:?}");
}

#[tokio::test]
#[ignore = "starts a server"]
async fn an_outage_is_survived_and_nothing_old_is_said_after_it() {
    outage(Duration::from_secs(3)).await;
}

/// Long enough for a client library that gives up.
#[tokio::test]
#[ignore = "starts a server, and takes half a minute"]
async fn a_long_outage_is_survived() {
    outage(Duration::from_secs(25)).await;
}

async fn outage(length: Duration) {
    let mut server = Server::start(Program::Valkey);
    let (one, other) = two(&server.url()).await;
    server.kill();
    let down = Instant::now();
    let mut said = 0;
    while down.elapsed() < length {
        said += 1;
        one.say(&other, said);
        sleep(Duration::from_millis(10)).await;
    }
    sleep(Duration::from_millis(1100)).await;
    server.start_again();
    let back = until_they_hear(&one, &other).await;
    println!("back {back:?} after {length:?} without a server");
    assert!(back < BACK, "back after {back:?}");
    let late = other.heard_from(&one).into_iter().filter(|n| (1..=said).contains(n)).count();
    assert_eq!(late, 0, "old hints were told");
    assert_eq!(one.counted("dropped"), said);
    assert!(one.resubscriptions() >= 1);
}

#[tokio::test]
#[ignore = "starts a server"]
async fn a_server_that_stands_still_for_a_while_is_survived() {
    let server = Server::start(Program::Valkey);
    let (one, other) = two(&server.url()).await;
    server.stop();
    sleep(Duration::from_secs(4)).await;
    server.go_on();
    let back = until_they_hear(&one, &other).await;
    println!("back {back:?} after a standstill");
    assert!(back < BACK, "back after {back:?}");
    assert!(one.resubscriptions() >= 1);
}
