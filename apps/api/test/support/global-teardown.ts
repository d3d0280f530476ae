export { default } from '@repo/dev-stack/jest-teardown';
