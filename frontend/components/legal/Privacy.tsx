import { InWords } from "./InWords";
import { Operator } from "./Operator";
import { Paper, Points, Section } from "./Paper";

/** What the program does with what it is told. It changes when the program does. */
export function Privacy() {
  return (
    <Paper>
      <p className="text-lg">
        Anybody can run Overcookied on a server of their own. Whoever runs this server is the one to ask about it; this page says what the game does with what
        you tell it. The rules of the house are in the <InWords href="/terms/">terms</InWords>.
      </p>
      <Operator />
      <Told />
      <Kept />
      <Seen />
      <Section head="In your browser">
        <Points>
          <li>One cookie keeps you signed in. Scripts can&apos;t read it (HttpOnly). It ends 30 days after you signed in, or after 7 days without a visit.</li>
          <li>While you sign in with Google or GitHub there is a second one, for ten minutes at most.</li>
          <li>Your browser remembers whether the sound is on, and whether you were on your way to a duel. It tells nobody.</li>
        </Points>
        <p>No tracking, no advertising, no scripts of third parties. Nothing is sold.</p>
      </Section>
      <Section head="Addresses and logs">
        <p>
          The address your device connects from is held in memory, so that nobody can ask for too much at once. It is not stored with your account. The logs of
          the game may contain player ids. Other machines that whoever runs this server has put in front of it may keep logs of their own.
        </p>
      </Section>
      <Deleting />
    </Paper>
  );
}

function Told() {
  return (
    <Section head="What you tell us">
      <Points>
        <li>
          <strong>As a guest:</strong> a name you make up. No password, no email.
        </li>
        <li>
          <strong>With Google:</strong> we ask for the scope <code>openid profile</code>, which is your name, the address of your picture, and the id that
          Google has for you. We neither ask for your email nor keep it.
        </li>
        <li>
          <strong>With GitHub:</strong> your public profile, which is your id, your name or login, and the address of your picture. We ask for no scopes.
        </li>
      </Points>
    </Section>
  );
}

function Kept() {
  return (
    <Section head="What is kept">
      <Points>
        <li>You: a player id, your name, the address of your picture, and the id that Google or GitHub has for you.</li>
        <li>Your games: points, clicks, against whom, when, and how they ended.</li>
        <li>
          For each game, a measure of how regular your clicks were. It helps whoever runs this server to spot bots. By itself it never punishes anybody.
        </li>
        <li>Your totals, and your places on the leaderboards.</li>
      </Points>
    </Section>
  );
}

function Seen() {
  return (
    <Section head="What others see">
      <p>
        Those you play see your name, your picture and how it went. Everybody can see the leaderboards, with the names, pictures and points on them. Pictures
        are loaded by the browser straight from the servers of Google or GitHub, and those see the address of that browser.
      </p>
    </Section>
  );
}

function Deleting() {
  return (
    <Section head="Deleting it all">
      <p>
        Press the button on <InWords href="/account/">your account</InWords>, and it happens at once: your name disappears from the histories of those you
        played and from the leaderboards, and your own history and totals are removed. Backups of the database may keep them for up to 35 days longer.
      </p>
      <p>A guest whose session has ended can&apos;t get back in to press that button. If that is you, ask whoever runs this server.</p>
    </Section>
  );
}
