// The two libraries of the tag language, each loaded when a template first needs it: most plans need none, and loading both takes longer than planning.
// CommonJS, because an import would load them at once, and a dynamic import would make planning wait; the bundle resolves both calls.
'use strict';

module.exports = {
  /** The build of Handlebars in one file: it bundles without Node's module loader. */
  handlebars: () => require('handlebars/dist/handlebars.js'),
  /** With the zones of the IANA database. */
  moment: () => require('moment-timezone'),
};
