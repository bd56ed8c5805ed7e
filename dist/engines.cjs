// The two libraries of the tag language, each loaded when a template first needs it: most plans need none, and loading both takes longer than planning.
// CommonJS, because an import would load them at once, and a dynamic import would make planning wait. The bundle has these three files as they are named here.
'use strict';

module.exports = {
  handlebars: () => require('./handlebars.cjs'),
  moment: () => require('./moment.cjs'),
};
