// Reads one answer with the npm EventSource, until it has come back after the end and was told to stop (204).
// Prints the sequences it was shown, as JSON.
import { EventSource } from 'eventsource';

const sequences = [];
const source = new EventSource(process.argv[2]);
source.onmessage = (message) => sequences.push(JSON.parse(message.data).sequence);
source.onerror = () => {
  if (source.readyState === EventSource.CLOSED) {
    console.log(JSON.stringify(sequences));
    process.exit(0);
  }
};
