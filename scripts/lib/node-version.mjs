// Says plainly when Node is too old. Imported first, and written so that an old Node can read it.
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(`Hallpass needs Node 20 or newer to start; this is Node ${process.versions.node}.`);
  process.exit(1);
}
