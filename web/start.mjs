// `npm start`: builds what is stale and serves the site with its own headers.
import { prepare } from '../tests/setup.mjs';
import { serve } from './serve.mjs';

await prepare('start');
const chosen = process.env.PORT;
try {
  const { address } = await serve({ port: Number(chosen ?? 8080), next: !chosen });
  console.log(`MotionMask is at ${address}/ (Ctrl+C ends it)`);
} catch (error) {
  console.error(`The site cannot be served on port ${chosen ?? 8080}: ${error.message}`);
  process.exit(1);
}
