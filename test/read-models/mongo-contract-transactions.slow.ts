import { mongoContract } from '../support/mongo-contract.js';

mongoContract('transactions');
