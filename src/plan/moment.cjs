// Moment.js with the time zones of the IANA database.
'use strict';

module.exports = require('moment-timezone');
