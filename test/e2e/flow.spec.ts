import { TestApp } from '../support/app.js';
import { flow } from './flow.js';

flow((clock) => TestApp.start({ clock }));
