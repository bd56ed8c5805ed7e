// The build of Handlebars in one file: it bundles without Node's module loader.
'use strict';

module.exports = require('handlebars/dist/handlebars.js');
