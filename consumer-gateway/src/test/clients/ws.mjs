// Reads one answer with npm's ws over two sockets: the first is torn down after three events, the second goes on from the
// last cursor. Prints the sequences it was shown, as JSON.
import WebSocket from 'ws';

const [, , address, conversation, response] = process.argv;
const sequences = [];

function read(after, enough) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address, ['tokentape.v1']);
    let cursor = after;
    let done = false;
    socket.on('error', (error) => (done ? undefined : reject(error)));
    socket.on('open', () =>
      socket.send(
        JSON.stringify({ type: 'subscribe', conversation_id: conversation, response_id: response, after }),
      ),
    );
    socket.on('message', (data) => {
      const message = JSON.parse(data);
      if (done) {
        return;
      }
      if (message.sequence !== undefined) {
        sequences.push(message.sequence);
        cursor = message.id;
      }
      if (sequences.length >= enough || message.type === 'unsubscribed') {
        done = true;
        socket.terminate();
        resolve(cursor);
      }
    });
  });
}

const cursor = await read('start', 3);
await read(cursor, Infinity);
console.log(JSON.stringify(sequences));
