import { TestApp } from '../support/app.js';
import { names } from './names.js';

names(() => TestApp.start());
