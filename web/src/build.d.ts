/** Put in by build/bundle.mjs. */
declare const BLURSTREAM_VERSION: string;
declare const BLURSTREAM_MANIFEST_SHA256: string;
