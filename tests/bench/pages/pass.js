// Takes frames and gives them back: what moving frames through a worker costs by itself.
onmessage = ({ data: { readable, writable } }) => { void readable.pipeTo(writable); };
