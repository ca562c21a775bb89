import { initTheme } from './theme.js';

initTheme(null);
