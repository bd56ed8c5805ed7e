import handlebars = require('handlebars');
import moment = require('moment-timezone');

declare const engines: {
  readonly handlebars: () => typeof handlebars;
  readonly moment: () => typeof moment;
};
export = engines;
