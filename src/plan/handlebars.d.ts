// The file of Handlebars that bundles without Node's module loader; its types are those of the package.
declare module 'handlebars/dist/cjs/handlebars.js' {
  import handlebars from 'handlebars';
  export default handlebars;
}
